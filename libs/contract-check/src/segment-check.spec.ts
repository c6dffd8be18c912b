import { segmentViolations } from './segment-check.js';

const segment = {
  name: 'weir-dev-process-fn',
  id: '70de5b6f19ff9a0a',
  trace_id: '1-581cf771-a006649127e371903a2de979',
  start_time: 1_478_293_361.271,
  end_time: 1_478_293_361.449,
};

function withMembers(members: object): unknown {
  return JSON.parse(JSON.stringify({ ...segment, ...members }));
}

describe('the check of segment documents', () => {
  it.each([
    ['a segment', {}],
    ['a segment that goes on', { end_time: undefined, in_progress: true }],
    [
      'a subsegment sent on its own',
      { type: 'subsegment', parent_id: '53995c3f42cd8ad8', namespace: 'aws', aws: { retries: 1 } },
    ],
    [
      'all kinds of members',
      {
        origin: 'AWS::Lambda::Function',
        service: { version: '7' },
        annotations: { shard: 'shardId-000000000000', records: 3, cold_start: true },
        metadata: { weir: { sequence_numbers: ['1'] } },
        fault: true,
        cause: { exceptions: [{ id: 'aaaaaaaaaaaaaaaa', type: 'Error', message: 'no' }] },
        http: { request: { method: 'POST' }, response: { status: 202 } },
        subsegments: [
          { id: 'bbbbbbbbbbbbbbbb', name: 'DynamoDB', start_time: 1_478_293_361, end_time: 1_478_293_362 },
        ],
      },
    ],
  ])('allows %s', (_, members) => {
    expect(segmentViolations(withMembers(members))).toEqual([]);
  });

  it.each([
    ['/id', { id: '70DE5B6F19FF9A0A' }],
    ['/id', { id: '1' }],
    ['/trace_id', { trace_id: '1-581cf771-a006649127e371903a2de97' }],
    ['/parent_id', { parent_id: 'parent' }],
    ['/name', { name: 'a?b' }],
    ['/name', { name: 'a'.repeat(201) }],
    ['/start_time', { start_time: 1_478_293_361_271 }],
    ['/start_time', { start_time: '2026-01-01' }],
    ['end_time', { end_time: undefined }],
    ['in_progress', { in_progress: false, end_time: undefined }],
    ['parent_id', { type: 'subsegment' }],
    ['document', { type: 'segment' }],
    ['a-b', { annotations: { 'a-b': 1 } }],
    ['/annotations/a', { annotations: { a: { b: 1 } } }],
    ['/metadata/weir', { metadata: { weir: 1 } }],
    ['/aws/retries', { aws: { retries: '1' } }],
    ['/http/response/status', { http: { response: { status: '202' } } }],
    ['/fault', { fault: 'yes' }],
    ['id', { cause: { exceptions: [{ message: 'no' }] } }],
    ['name', { subsegments: [{ id: 'bbbbbbbbbbbbbbbb', start_time: 1e9, end_time: 1e9 }] }],
    ['/namespace', { type: 'subsegment', parent_id: 'bbbbbbbbbbbbbbbb', namespace: 'local' }],
    ['64 KiB', { metadata: { weir: { text: 'x'.repeat(64 * 1024) } } }],
  ] as [string, object][])('refuses what is wrong about %s', (where, members) => {
    expect(segmentViolations(withMembers(members)).join('\n')).toContain(where);
  });

  it.each([undefined, null, 'segment', []])('refuses %j', (document) => {
    expect(segmentViolations(document)).not.toEqual([]);
  });
});
