import { createAnalyticsClient } from '@weir/analytics-client';

import type { CheckCommand } from './command-line.js';
import { checkSeries } from './oracle-check.js';
import type { OracleCheck, WrongSeries } from './oracle-check.js';
import { readOracle } from './oracle-file.js';
import { STALLED_AFTER_MS, waitForEarlierRecords } from './queryable-wait.js';
import { createStatusLine } from './status-line.js';
import { createLagProbe } from './stream-lag.js';
import type { StreamLag } from './stream-lag.js';
import type { Surroundings } from './surroundings.js';

const LAG_TIMEOUT_MS = 5_000;
const SHOW_EVERY_MS = 1_000;
const ASK_AGAIN_MS = 2_000;
/** What still differs after nothing has changed for so long is wrong. */
const SETTLED_AFTER_MS = 10_000;
const DIFFERENCES_LISTED = 1_000;

/**
 * Waits until what was sent before is processed, and compares every window with what the oracle says.
 *
 * @throws Error when windows differ, after listing the differences; UsageError on a file that is no oracle; WeirProblemError or
 *   WeirTransportError when the API refuses or is away for too long.
 */
export async function runCheckCommand(command: CheckCommand, surroundings: Surroundings): Promise<void> {
  const { clock, sleep, signal, writeResult } = surroundings;
  const progress = { series: 0, windows: 0, wrong: 0, lag: undefined as StreamLag | undefined };
  const status = createStatusLine(
    () => {
      const { series, windows, wrong, lag } = progress;
      if (lag !== undefined && lag.records > 0 && series === 0)
        return `waiting for the stream: ${lag.records} records`;
      return `${windows} windows of ${series} series compared, ${wrong} series differ`;
    },
    { write: surroundings.writeMessage, rewrites: surroundings.messagesToTerminal },
    clock,
  );
  const shown = setInterval(status.show, SHOW_EVERY_MS);
  const { analyticsUrl: baseUrl, token } = command;
  const retry = { maxAttempts: Number.POSITIVE_INFINITY, giveUpAfterMs: STALLED_AFTER_MS };
  const probe = createLagProbe(command.statusUrl, (url) =>
    fetch(url, { signal: AbortSignal.timeout(LAG_TIMEOUT_MS) }),
  );
  const check: OracleCheck = {
    client: createAnalyticsClient({ baseUrl, token, retry }),
    signal,
    onChecked: () => undefined,
  };
  try {
    const lag = async () => (progress.lag = await probe());
    await waitForEarlierRecords({ lag, clock, sleep, signal }, STALLED_AFTER_MS);
    const wrong = await checkSeries(readOracle(command.oracle), {
      ...check,
      onChecked: (series, found) => {
        progress.series += 1;
        progress.windows += series.length;
        if (found !== undefined) progress.wrong += 1;
      },
    });
    const left = await untilSettled(wrong, check, surroundings);
    status.end();
    if (left.length > 0) throw listed(left, writeResult);
    writeResult(`${progress.windows} windows of ${progress.series} series are what they must be\n`);
  } finally {
    clearInterval(shown);
    status.end();
  }
}

/** Asks again for what differs until nothing does, or nothing has changed for {@link SETTLED_AFTER_MS}. */
async function untilSettled(
  wrong: WrongSeries[],
  check: OracleCheck,
  { clock, sleep, signal }: Surroundings,
): Promise<WrongSeries[]> {
  let left = wrong;
  let changedMs = clock();
  while (left.length > 0 && clock() - changedMs < SETTLED_AFTER_MS) {
    await sleep(ASK_AGAIN_MS, signal);
    const before = pictureOf(left);
    left = await checkSeries(
      left.map(({ series }) => series),
      check,
    );
    if (pictureOf(left) !== before) changedMs = clock();
  }
  return left;
}

function pictureOf(wrong: readonly WrongSeries[]): string {
  return wrong
    .flatMap(({ differences }) => differences)
    .sort()
    .join('\n');
}

function listed(wrong: readonly WrongSeries[], writeResult: (text: string) => void): Error {
  const differences = wrong.flatMap((series) => series.differences);
  for (const difference of differences.slice(0, DIFFERENCES_LISTED)) writeResult(`${difference}\n`);
  const more = differences.length - DIFFERENCES_LISTED;
  if (more > 0) writeResult(`and ${more} more\n`);
  return new Error(
    `${wrong.length} series differ in ${differences.length} places. An oracle holds where nothing else was sent for its devices ` +
      'in its hours: another run in the same hours needs another --prefix.',
  );
}
