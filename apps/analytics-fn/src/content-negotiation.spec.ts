import { ProblemError } from '@weir/telemetry-schema';
import { negotiate } from './content-negotiation.js';

describe('negotiate', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV;header=present', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv, */*', 'text/csv'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/csv, application/json;q=0.9', 'text/csv'],
    ['text/csv, application/json', 'application/json'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ['application/json;q=0, */*', 'text/csv'],
    ['nonsense, text/csv', 'text/csv'],
  ])('answers %p with %s', (accept, mediaType) => {
    expect(negotiate(accept)).toBe(mediaType);
  });

  it.each([
    'text/html',
    'application/json;q=0',
    '*/*;q=0',
    'application/json;q=2',
    'nonsense',
    'text/*;q=0.000',
  ])('cannot answer %p', (accept) => {
    expect(() => negotiate(accept)).toThrow(ProblemError);
  });
});
