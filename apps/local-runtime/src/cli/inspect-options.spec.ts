import { findInspected, parseInspectChoices } from './inspect-options.js';

describe('functions to inspect', () => {
  it('have the port that is given, or the usual one', () => {
    expect(parseInspectChoices(['process-fn', 'ingest-fn:9300', 'x:0', 'y:0'])).toEqual([
      { name: 'process-fn', port: 9_229 },
      { name: 'ingest-fn', port: 9_300 },
      { name: 'x', port: 0 },
      { name: 'y', port: 0 },
    ]);
  });

  it.each(['', ':9229', 'a:', 'a:x', 'a:65536', 'a:1:2'])('are refused as %j', (value) => {
    expect(() => parseInspectChoices([value])).toThrow(/^--inspect must be a function, or function:port/);
  });

  it('may not share a port', () => {
    expect(() => parseInspectChoices(['a', 'b:9229'])).toThrow(
      '--inspect b: another function has the port 9229; name one, as in b:9230.',
    );
  });

  it('are found by their name or the end of it', () => {
    const names = ['weir-dev-process-fn', 'process-fn', 'weir-dev-ingest-fn'];
    expect(findInspected([{ name: 'ingest-fn', port: 1 }], names)).toEqual([
      { functionName: 'weir-dev-ingest-fn', port: 1 },
    ]);
    expect(findInspected([{ name: 'process-fn', port: 1 }], names)).toEqual([
      { functionName: 'process-fn', port: 1 },
    ]);
  });

  it.each([
    ['x-fn', '--inspect x-fn: no function has this name. There are: dev-a-fn, prod-a-fn.'],
    ['a-fn', '--inspect a-fn: several functions have this name. There are: dev-a-fn, prod-a-fn.'],
  ])('are refused when it is not clear which is meant: %s', (name, message) => {
    expect(() => findInspected([{ name, port: 1 }], ['dev-a-fn', 'prod-a-fn'])).toThrow(message);
  });
});
