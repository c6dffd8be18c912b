import { enginesOf, runWeir } from '../operations-command.js';
import { HOUR_MS } from './fleet.js';
import { untilProcessed, type Stage } from './stage.js';

/** What `weir ledger --json` prints, as far as it is looked at. */
interface Ledger {
  readonly accepted: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly superseded: number;
  readonly quarantined: number;
  readonly expired: number;
  readonly missing: number;
  readonly missingPoints: readonly object[];
}

/** Above the length of any run, and below the age at which anything expires. */
const LOOK_BACK_MS = 24 * HOUR_MS;

/**
 * Compares the ledger with what was sent: nothing is missing, every point that must stand in the store is there by a record
 * of the archive, and what must be refused is in the quarantine. Stops and starts the runtime, as only a stop in order brings
 * the whole stream into the archive.
 *
 * @returns the account as one line, and what differs, one sentence each
 */
export async function compareLedger(stage: Stage): Promise<{ account: string; wrong: string[] }> {
  const { runtime, ledger: sent } = stage;
  await runtime.stopAndRestart();
  await untilProcessed(stage);
  const range = ['--from', String(Date.now() - LOOK_BACK_MS), '--to', String(Date.now() + LOOK_BACK_MS)];
  const { stdout, stderr } = await runWeir(
    await enginesOf(runtime),
    ...['ledger', ...range, '--lag', '0s', '--json'],
  );
  if (!stdout.startsWith('{')) return { account: '', wrong: [`the ledger could not be made: ${stderr}`] };
  const { accepted, missing, missingPoints, ...fates } = JSON.parse(stdout) as Ledger;
  const { stored, duplicate, superseded, quarantined, expired } = fates;
  const points = sent.pointCount();
  const refused = sent.refusedPoints().size;
  const wrong: string[] = [];
  if (missing > 0)
    wrong.push(`the ledger misses ${missing} points: ${JSON.stringify(missingPoints.slice(0, 3))}`);
  if (stored !== points) wrong.push(`the ledger has ${stored} stored points instead of ${points}`);
  if (quarantined < refused)
    wrong.push(`the ledger has ${quarantined} quarantined points, at least ${refused} were refused`);
  if (expired > 0) wrong.push(`the ledger has ${expired} expired points in a young store`);
  if (accepted !== stored + duplicate + superseded + quarantined)
    wrong.push(`the ledger does not balance: ${JSON.stringify({ accepted, ...fates })}`);
  const account = `${accepted} accepted = ${stored} stored + ${duplicate} duplicate + ${superseded} superseded + ${quarantined} quarantined`;
  return { account, wrong };
}
