import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bump } from '../bump.js';
import { PAIRS, type Pair } from '../testing/pairs.js';
import { DISAGREEMENTS } from './disagreements.js';

/**
 * Holds the guard's verdicts on all pairs against those of oasdiff, another program for the same question. Fails on a
 * disagreement that is not reviewed in `disagreements.ts`, and on an entry there that no longer is one.
 *
 * `oasdiff` must be installed (`go install github.com/oasdiff/oasdiff@latest`), on the PATH or at `--oasdiff FILE`.
 */
const { values } = parseArgs({ options: { oasdiff: { type: 'string', default: 'oasdiff' } } });

interface OasdiffChange {
  readonly id: string;
  /** 1: information, 2: may break, 3: breaks. */
  readonly level: number;
}

/** That a document's version stays is no change of the contract, and the guard leaves that version to its authors. */
const IGNORED = 'api-version-not-bumped';

function oasdiffChanges(folder: string, { name, before, after }: Pair): OasdiffChange[] {
  const files = { before: join(folder, 'before.json'), after: join(folder, 'after.json') };
  writeFileSync(files.before, JSON.stringify(before));
  writeFileSync(files.after, JSON.stringify(after));
  const args = [
    'changelog',
    files.before,
    files.after,
    '--format=json',
    '--flatten-params',
    '--include-path-params',
  ];
  const { status, stdout, stderr, error } = spawnSync(values.oasdiff, args, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error(
      `${values.oasdiff} cannot be run (${error.message}); install it with go install github.com/oasdiff/oasdiff@latest`,
    );
  if (status !== 0) throw new Error(`oasdiff failed on "${name}": ${stderr}`);
  const changes = stdout.trim() === '' ? [] : (JSON.parse(stdout) as OasdiffChange[]);
  return changes.filter(({ id }) => id !== IGNORED);
}

/** oasdiff does not report texts, so that `patch` and `none` are one verdict here. */
function oasdiffBump(changes: readonly OasdiffChange[]): Bump {
  if (changes.length === 0) return 'patch';
  return changes.some(({ level }) => level > 1) ? 'major' : 'minor';
}

/** One line where both disagree on a pair. */
function disagreementOn(folder: string, pair: Pair): string | undefined {
  const changes = oasdiffChanges(folder, pair);
  const [ours, theirs] = [pair.bump === 'none' ? 'patch' : pair.bump, oasdiffBump(changes)];
  if (ours === theirs) return undefined;
  return `${pair.name}: guard ${ours} (${pair.rules.join(', ') || 'no change'}), oasdiff ${theirs} (${changes.map(({ id }) => id).join(', ') || 'no change'})`;
}

function compareAll(folder: string): boolean {
  let agreed = 0;
  let accepted = true;
  const disagreeing = new Set<string>();
  for (const pair of PAIRS) {
    const line = disagreementOn(folder, pair);
    if (line === undefined) agreed += 1;
    else {
      disagreeing.add(pair.name);
      const reason = DISAGREEMENTS[pair.name];
      accepted &&= reason !== undefined;
      console.log(
        `${reason === undefined ? 'NOT REVIEWED ' : ''}${line}\n  ${reason ?? 'Review it and list it.'}`,
      );
    }
  }
  const outdated = Object.keys(DISAGREEMENTS).filter((name) => !disagreeing.has(name));
  for (const name of outdated) console.log(`OUTDATED ${name}: listed as a disagreement, but there is none.`);
  console.log(`${PAIRS.length} pairs: ${agreed} agreements, ${disagreeing.size} disagreements.`);
  return accepted && outdated.length === 0;
}

const folder = mkdtempSync(join(tmpdir(), 'weir-oasdiff-'));
try {
  process.exitCode = compareAll(folder) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
