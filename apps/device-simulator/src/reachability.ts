import type { RetryEvent } from '@weir/ingest-client';

/** Tells when an API stops answering and when it answers again: one line each, nothing in between. */
export interface Reachability {
  onRetry(event: RetryEvent): void;
  onAnswer(): void;
}

/** A single failure is everyday business (a throttled request, say) and not worth a line. */
const FAILURES_BEFORE_A_LINE = 2;

export function createReachability(apiName: string, writeLine: (line: string) => void): Reachability {
  let reachable = true;
  return {
    onRetry: ({ failures, error }) => {
      if (!reachable || failures < FAILURES_BEFORE_A_LINE) return;
      reachable = false;
      writeLine(`${apiName} is unreachable, trying on: ${error.message}`);
    },
    onAnswer: () => {
      if (reachable) return;
      reachable = true;
      writeLine(`${apiName} is back`);
    },
  };
}
