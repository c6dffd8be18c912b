import { flattened, spansOf, type Span } from './span.js';

const traceId = '1-6b02fdd3-5ae05e0b110f7f09911ed510';

/** A tree in one line: `a(b, c(d))`. */
function shape(spans: readonly Span[]): string {
  return spans
    .map(({ id, children }) => (children.length === 0 ? id : `${id}(${shape(children)})`))
    .join(', ');
}

describe('the spans of a trace', () => {
  it('hang below their parents, whether these are embedded in a document or were sent on their own', () => {
    const spans = spansOf([
      { id: 'c', trace_id: traceId, parent_id: 'b', start_time: 3, type: 'subsegment' },
      { id: 'e', trace_id: traceId, parent_id: 'inner', start_time: 4 },
      {
        id: 'a',
        trace_id: traceId,
        start_time: 1,
        subsegments: [{ id: 'b', subsegments: [{ id: 'inner', start_time: 2 }] }],
      },
    ]);
    expect(shape(spans)).toBe('a(b(inner(e), c))');
    expect(flattened(spans).map(({ span, depth }) => `${span.kind} ${span.id} ${depth}`)).toEqual([
      'segment a 0',
      'subsegment b 1',
      'subsegment inner 2',
      'segment e 3',
      'subsegment c 2',
    ]);
  });

  it('say that their parent is missing, and are shown all the same', () => {
    const spans = spansOf([
      { id: 'a', trace_id: traceId, parent_id: 'nobody', start_time: 2 },
      { id: 'r', trace_id: traceId, start_time: 1 },
    ]);
    expect(spans.map(({ id, missingParent }) => [id, missingParent])).toEqual([
      ['r', false],
      ['a', true],
    ]);
  });

  it('are all shown where they are each other’s parents', () => {
    const spans = spansOf([
      { id: 'a', trace_id: traceId, parent_id: 'b', start_time: 1 },
      { id: 'b', trace_id: traceId, parent_id: 'a', start_time: 2 },
      { id: 'c', trace_id: traceId, parent_id: 'c', start_time: 3 },
      { id: 'd', trace_id: traceId, parent_id: 'a', start_time: 4 },
    ]);
    expect(shape(spans)).toBe('a(d), b, c');
  });

  it('tell how long they waited after the end of what handed the work on', () => {
    const [root] = spansOf([
      { id: 'a', trace_id: traceId, start_time: 10, end_time: 10.25 },
      { id: 'b', trace_id: traceId, parent_id: 'a', start_time: 10.9, end_time: 11 },
      { id: 'c', trace_id: traceId, parent_id: 'a', start_time: 10.1, end_time: 10.2 },
    ]);
    expect(root?.children.map(({ id, gapMs }) => [id, gapMs])).toEqual([
      ['c', undefined],
      ['b', 650],
    ]);
  });

  it.each([
    [{ end_time: 2 }, 'ok'],
    [{ end_time: 2, error: true }, 'error'],
    [{ end_time: 2, fault: true }, 'fault'],
    [{ end_time: 2, error: true, throttle: true }, 'throttle'],
    [{ in_progress: true }, 'in progress'],
  ])('%j is %s', (members, outcome) => {
    expect(spansOf([{ id: 'a', trace_id: traceId, start_time: 1, ...members }])).toMatchObject([{ outcome }]);
  });
});
