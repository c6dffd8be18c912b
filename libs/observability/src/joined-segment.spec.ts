import { segmentViolations } from '@weir/contract-check';
import type { RecordedCall } from './call-journal.js';
import { joinedSegment, type JoinedWork } from './joined-segment.js';
import { fitSegment, SEGMENT_BYTES_MAX } from './segment-document.js';

const NOW_MS = 1_795_600_000_000;
const BY = {
  name: 'weir-dev-process-fn',
  arn: 'arn:aws:lambda:eu-west-1:000000000000:function:weir-dev-process-fn',
  version: '7',
  requestId: 'invocation-1',
};

function makeCall(overrides: Partial<RecordedCall> = {}): RecordedCall {
  return {
    service: 'DynamoDB',
    operation: 'PutItem',
    startMs: NOW_MS + 10,
    endMs: NOW_MS + 20,
    region: 'eu-west-1',
    tableName: 'weir',
    requestId: 'r',
    status: 200,
    retries: 0,
    errorName: undefined,
    ...overrides,
  };
}

function makeWork(overrides: Partial<JoinedWork> = {}): JoinedWork {
  return {
    traceId: '1-5759e988-bd862e3fe1be46a994272793',
    parentId: '53995c3f42cd8ad8',
    startMs: NOW_MS,
    endMs: NOW_MS + 50,
    annotations: { shard: 'shardId-000000000000', readings: 3 },
    metadata: { request_id: 'r1' },
    calls: [{ calls: [makeCall()], omitted: 0 }],
    failures: [],
    ...overrides,
  };
}

describe('a joined segment', () => {
  it('belongs to the other trace, below what handed the work on, and shows its calls', () => {
    const segment = joinedSegment(makeWork(), BY, 10);
    expect(segment).toMatchObject({
      name: 'weir-dev-process-fn',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
      start_time: NOW_MS / 1000,
      end_time: (NOW_MS + 50) / 1000,
      origin: 'AWS::Lambda::Function',
      annotations: { shard: 'shardId-000000000000', readings: 3 },
      metadata: { weir: { request_id: 'r1' } },
      subsegments: [
        { name: 'DynamoDB', namespace: 'aws', aws: { operation: 'PutItem', table_name: 'weir', retries: 0 } },
      ],
    });
    expect(segment).not.toHaveProperty('fault');
    expect(segmentViolations(segment)).toEqual([]);
  });

  it('has no id in common with another one about the same calls', () => {
    const ids = [1, 2].flatMap(() => {
      const { id, subsegments = [] } = joinedSegment(makeWork(), BY, 10);
      return [id, ...subsegments.map((call) => call.id)];
    });
    expect(new Set(ids).size).toBe(4);
  });

  it.each([
    [{ status: undefined, errorName: 'TimeoutError' }, { fault: true }],
    [{ status: 500, errorName: 'InternalServerError' }, { fault: true }],
    [{ status: 400, errorName: 'ConditionalCheckFailedException' }, { error: true }],
    [
      { status: 400, errorName: 'ProvisionedThroughputExceededException' },
      { error: true, throttle: true },
    ],
    [
      { status: 429, errorName: 'Slow' },
      { error: true, throttle: true },
    ],
  ])('a call that ended with %j is flagged', (members, flags) => {
    const calls = [{ calls: [makeCall(members)], omitted: 0 }];
    const segment = joinedSegment(makeWork({ calls }), BY, 10);
    expect(segment.subsegments?.[0]).toMatchObject(flags);
    expect(segmentViolations(segment)).toEqual([]);
  });

  it('says why some of the work was not done, in so many words', () => {
    const failures = [{ type: 'TransientStoreError', message: 'x'.repeat(10_000) }];
    const segment = joinedSegment(makeWork({ failures }), BY, 10);
    expect(segment).toMatchObject({ fault: true, cause: { exceptions: [{ type: 'TransientStoreError' }] } });
    expect(segment.cause?.exceptions[0]?.message).toHaveLength(500);
    expect(segmentViolations(segment)).toEqual([]);
  });

  it('shows the first calls, counts the others, and ends no sooner than what it shows', () => {
    const calls = [4, 2, 3, 1].map((startMs) =>
      makeCall({ startMs: NOW_MS + startMs, endMs: NOW_MS + 60 + startMs }),
    );
    const segment = joinedSegment(makeWork({ calls: [{ calls, omitted: 5 }] }), BY, 2);
    expect(segment.subsegments?.map(({ start_time }) => start_time)).toEqual([
      (NOW_MS + 1) / 1000,
      (NOW_MS + 2) / 1000,
    ]);
    expect(segment.end_time).toBe((NOW_MS + 62) / 1000);
    expect(segment.metadata).toEqual({ weir: { request_id: 'r1', calls_omitted: 7 } });
  });

  it('never is larger than X-Ray takes', () => {
    const calls = Array.from({ length: 1000 }, () => makeCall({ requestId: 'r'.repeat(200) }));
    const segment = joinedSegment(makeWork({ calls: [{ calls, omitted: 0 }] }), BY, 1000);
    expect(segmentViolations(segment)).toEqual([]);
    const shown = segment.subsegments?.length ?? 0;
    expect(shown).toBeGreaterThan(50);
    expect(segment.metadata?.['weir']).toMatchObject({ calls_omitted: 1000 - shown });
  });

  it('is left as it is where it fits', () => {
    const segment = joinedSegment(makeWork(), BY, 10);
    expect(fitSegment(segment)).toBe(segment);
    expect(SEGMENT_BYTES_MAX).toBe(65_536);
  });
});
