import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { changesetFor } from './changeset-text.js';
import { judgeContracts } from './guard.js';
import { isSatisfied, reportJson, reportText } from './report.js';
import { GuardError, Repository } from './repository.js';
import { writeChangeset } from './write-changeset.js';

const USAGE = `Usage: nx run openapi:guard [--base REF] [--write] [--json]

Compares the contracts with the base and demands changesets for what changed.

  --base REF  compare with the merge base of REF and HEAD (default: with the default branch; on it, the last release)
  --write     write the changesets that are missing or too small
  --json      print the result as JSON

Exit status: 0 every change is announced, 1 one is not, 2 the guard could not judge.`;

const OPTIONS = {
  base: { type: 'string' },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { base, write, json, help } = options();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const repository = new Repository(resolve(import.meta.dirname, '../..'));
  let reports = judgeContracts(repository, base);
  if (write) {
    const missing = reports.flatMap((report) => changesetFor(report) ?? []);
    for (const changeset of missing) console.error(`Written: ${await writeChangeset(repository, changeset)}`);
    if (missing.length > 0) reports = judgeContracts(repository, base);
  }
  console.log(json ? reportJson(reports) : reportText(reports));
  return isSatisfied(reports) ? 0 : 1;
}

function options() {
  try {
    return parseArgs({ options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new GuardError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof GuardError)) throw error;
  console.error(`openapi:guard: ${error.message}`);
  process.exitCode = 2;
}
