import { NoArchiveError } from './archive-objects.js';
import { parseCommandLine, USAGE } from './command-line.js';
import { formatTable } from './result-table.js';
import { EngineMissingError, runQuery } from './run-query.js';
import { UsageError } from './usage-error.js';

/** Runs the command to its end. Resolves to the exit status: 0, 1 for a failure, 2 for a command line that makes no sense. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const command = parseCommandLine(args, process.env.INIT_CWD ?? process.cwd());
    process.stdout.write(formatTable(await runQuery(command), command.format));
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write('--help shows how it is used.\n');
    return 2;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected =
    error instanceof UsageError || error instanceof NoArchiveError || error instanceof EngineMissingError;
  return expected ? error.message : `The query failed: ${error.message}`;
}

process.exitCode = await main(process.argv.slice(2));
