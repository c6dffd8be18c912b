import { createAnalyticsClient } from '@weir/analytics-client';
import { createIngestClient } from '@weir/ingest-client';

import type { ReplayCommand } from './command-line.js';
import { createDeliveryMeter } from './delivery-meter.js';
import { createProgress } from './progress.js';
import type { Progress } from './progress.js';
import { STALLED_AFTER_MS } from './queryable-wait.js';
import { createReachability } from './reachability.js';
import { readManifest } from './replay-group.js';
import { replay } from './replay.js';
import { createLagProbe } from './stream-lag.js';
import type { Surroundings } from './surroundings.js';

const LAG_TIMEOUT_MS = 5000;

/** Runs a replay to its end. Rejects with the one reason why it did not get there. */
export async function runReplayCommand(command: ReplayCommand, surroundings: Surroundings): Promise<void> {
  const { clock, sleep, signal } = surroundings;
  const groups =
    'manifest' in command.source ? await readManifest(command.source.manifest) : [command.source.group];
  const meter = createDeliveryMeter((url, init) => fetch(url, init), clock);
  let progress: Progress | undefined;
  const tell = (line: string): void =>
    progress === undefined ? surroundings.writeLine(line) : progress.line(line);
  const ingestReachability = createReachability(`The ingest API at ${command.ingestUrl}`, tell);
  const patience = { maxAttempts: Number.POSITIVE_INFINITY, giveUpAfterMs: STALLED_AFTER_MS };
  await replay(
    { ...command, groups },
    {
      analytics: createAnalyticsClient({
        baseUrl: command.analyticsUrl,
        token: command.token,
        retry: patience,
      }),
      openIngest: (onRejected) => {
        const client = createIngestClient({
          baseUrl: command.ingestUrl,
          token: command.token,
          maxBatchReadings: command.batchReadings,
          maxQueuedReadings: 4 * command.batchReadings,
          giveUpAfterMs: patience.giveUpAfterMs,
          onRejected,
          onRetry: ingestReachability.onRetry,
          fetch: meter.fetch,
          onReceipt: ingestReachability.onAnswer,
        });
        meter.watch(client);
        return client;
      },
      lag: createLagProbe(command.statusUrl, (url) =>
        fetch(url, { signal: AbortSignal.timeout(LAG_TIMEOUT_MS) }),
      ),
      clock,
      sleep,
      signal,
      startProgress: (totalReadings) => {
        const output = {
          write: surroundings.writeMessage,
          rewrites: surroundings.messagesToTerminal,
        };
        progress = createProgress(totalReadings, meter, output, clock);
        return progress;
      },
      writeReport: surroundings.writeResult,
    },
  );
}
