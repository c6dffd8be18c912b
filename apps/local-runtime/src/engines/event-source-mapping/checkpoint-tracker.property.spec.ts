import * as fc from 'fast-check';
import { CheckpointTracker } from './checkpoint-tracker.js';
import type { StreamRecord } from './stream-record.js';

const makeRecord = (index: number): StreamRecord => ({
  sequenceNumber: String(1_000 + index),
  partitionKey: 'k',
  arrivalMs: index,
  eventJson: '{}',
  sizeBytes: 2,
});

describe('CheckpointTracker', () => {
  it('has its checkpoint at the end of the longest finished run, in whatever order records are finished', () => {
    const cases = fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, index) => index),
          { minLength: 0 },
        ),
      ),
    );
    fc.assert(
      fc.property(cases, ([count, finished]) => {
        const tracker = new CheckpointTracker();
        const records = Array.from({ length: count }, (_, index) => makeRecord(index));
        for (const record of records) tracker.add(record);
        let checkpoint: string | undefined;
        const done = new Set<number>();
        for (const index of finished) {
          checkpoint = tracker.complete([records[index] as StreamRecord]) ?? checkpoint;
          done.add(index);
          let run = 0;
          while (done.has(run)) run += 1;
          expect(checkpoint).toBe(run === 0 ? undefined : records[run - 1]?.sequenceNumber);
          expect(tracker.pendingRecords).toBe(count - run);
          expect(tracker.unfinishedRecords).toBe(count - done.size);
          expect(tracker.unfinishedBytes).toBe(2 * (count - done.size));
          expect(tracker.oldestArrivalMs).toBe(run === count ? undefined : run);
        }
      }),
    );
  });
});
