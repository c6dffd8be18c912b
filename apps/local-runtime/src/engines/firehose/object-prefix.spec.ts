import { parsePrefix, PrefixError } from './object-prefix.js';

const timestampMs = Date.UTC(2026, 0, 5, 7, 8, 9, 4);

function evaluate(text: string, errors = false): string {
  return parsePrefix(text, { errors }).evaluate({
    timestampMs,
    random: () => 0.5,
    errorOutputType: 'processing-failed',
  });
}

/** https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
describe('parsePrefix', () => {
  it.each([
    ['envelopes/!{timestamp:yyyy/MM/dd/HH}/', 'envelopes/2026/01/05/07/'],
    ["!{timestamp:'year='yyyy'/month='MM}", 'year=2026/month=01'],
    ['!{timestamp:yy-M-d-H-mm-ss-SSS}', '26-1-5-7-08-09-004'],
    ["!{timestamp:''yyyy}", "'2026"],
    ['plain/', 'plain/2026/01/05/07/'],
    ['', '2026/01/05/07/'],
    ['r/!{firehose:random-string}/', 'r/fffffffffff/'],
  ])('evaluates %j', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it('knows the error type in error prefixes alone', () => {
    expect(evaluate('errors/!{firehose:error-output-type}/', true)).toBe('errors/processing-failed/');
    expect(() => evaluate('!{firehose:error-output-type}')).toThrow(PrefixError);
  });

  it.each(['!{timestamp:QQ}', '!{partitionKeyFromQuery:x}', '!{timestamp:yyyy', "!{timestamp:'yyyy}"])(
    'refuses %j',
    (text) => {
      expect(() => evaluate(text)).toThrow(PrefixError);
    },
  );
});
