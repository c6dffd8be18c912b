import type { RetryEvent } from '@weir/ingest-client';
import { WeirTransportError } from '@weir/ingest-client';

import { createReachability } from './reachability.js';

function failedTimes(failures: number): RetryEvent {
  return { failures, delayMs: 1, error: new WeirTransportError('network', 'connect ECONNREFUSED') };
}

describe('createReachability', () => {
  it('writes one line when an API goes away and one when it is back', () => {
    const lines: string[] = [];
    const reachability = createReachability('The API', (line) => lines.push(line));

    reachability.onAnswer();
    for (const failures of [1, 2, 3, 4]) reachability.onRetry(failedTimes(failures));
    reachability.onAnswer();
    reachability.onAnswer();
    reachability.onRetry(failedTimes(1));
    reachability.onAnswer();

    expect(lines).toEqual(['The API is unreachable, trying on: connect ECONNREFUSED', 'The API is back']);
  });
});
