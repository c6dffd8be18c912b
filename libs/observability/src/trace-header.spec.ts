import { formatTraceHeader, newSegmentId, parseTraceHeader } from './trace-header.js';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

describe('the trace header', () => {
  it.each([
    [`Root=${ROOT};Parent=${PARENT};Sampled=1`, { traceId: ROOT, parentId: PARENT, sampled: true }],
    [`Sampled=0 ; Root=${ROOT}`, { traceId: ROOT, sampled: false }],
    [`Self=1-2;Root=${ROOT};Sampled=?;CalledFrom=app`, { traceId: ROOT, sampled: false }],
    [`Root=${ROOT};Parent=not-an-id;Sampled=1`, { traceId: ROOT, sampled: true }],
  ])('%s is read', (header, context) => {
    expect(parseTraceHeader(header)).toEqual(context);
  });

  it.each([
    undefined,
    '',
    'Sampled=1',
    'Root=;Sampled=1',
    'Root=1-2-3',
    `Root=${ROOT.toUpperCase()}`,
    '=;=;',
  ])('%j is none', (header) => {
    expect(parseTraceHeader(header)).toBeUndefined();
  });

  it('reads back as it was written', () => {
    for (const context of [
      { traceId: ROOT, parentId: newSegmentId(), sampled: true },
      { traceId: ROOT, sampled: false },
    ])
      expect(parseTraceHeader(formatTraceHeader(context))).toEqual(context);
  });
});
