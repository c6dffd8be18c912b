import { gzipSync } from 'node:zlib';
import { ProblemError } from '@weir/telemetry-schema';
import { readTelemetryBody } from './telemetry-body.js';

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

function problemOf(read: () => unknown): { code: string; status: number; detail: string | undefined } {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: error.code, status: error.status, detail: error.options.detail };
  }
  throw new Error('No problem was raised.');
}

describe('readTelemetryBody', () => {
  it('reads plain and gzip bodies alike', () => {
    const body = Buffer.from('{"readings":[{"deviceId":"a"}]}');
    expect(readTelemetryBody({ headers: JSON_HEADERS, body })).toEqual([{ deviceId: 'a' }]);
    const headers = { ...JSON_HEADERS, 'content-encoding': 'GZIP' };
    expect(readTelemetryBody({ headers, body: gzipSync(body) })).toEqual([{ deviceId: 'a' }]);
  });

  it.each([
    [undefined, 'not absent'],
    ['text/plain', 'not text/plain'],
  ])('refuses the media type %s', (contentType, detail) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const problem = problemOf(() => readTelemetryBody({ headers, body: Buffer.from('{}') }));
    expect(problem).toEqual({
      code: 'unsupported_media_type',
      status: 415,
      detail: expect.stringContaining(detail),
    });
  });

  it('refuses another compression, and a body that is not the gzip it claims', () => {
    const read = (encoding: string, body: Buffer) => () =>
      readTelemetryBody({ headers: { ...JSON_HEADERS, 'content-encoding': encoding }, body });
    expect(problemOf(read('br', Buffer.from('{}')))).toMatchObject({ status: 415 });
    expect(problemOf(read('gzip', Buffer.from('{}')))).toMatchObject({ status: 400, code: 'invalid_body' });
    const cut = gzipSync('{"readings":[]}').subarray(0, 12);
    expect(problemOf(read('gzip', cut))).toMatchObject({ status: 400, code: 'invalid_body' });
  });

  it('stops inflating at 5 MiB', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
    const headers = { ...JSON_HEADERS, 'content-encoding': 'gzip' };
    expect(problemOf(() => readTelemetryBody({ headers, body: bomb }))).toMatchObject({ status: 413 });
    const plain = Buffer.alloc(5 * 1024 * 1024 + 1, 32);
    expect(problemOf(() => readTelemetryBody({ headers: JSON_HEADERS, body: plain }))).toMatchObject({
      status: 413,
    });
  });

  it.each([
    ['', 'malformed_json'],
    ['{"readings":[', 'malformed_json'],
    ['[]', 'invalid_body'],
    ['null', 'invalid_body'],
    ['{}', 'invalid_body'],
    ['{"readings":{}}', 'invalid_body'],
    ['{"readings":[]}', 'invalid_body'],
    ['{"readings":[1],"extra":1}', 'invalid_body'],
    [`{"readings":[${'1,'.repeat(5000)}1]}`, 'invalid_body'],
  ])('refuses %.40j as %s', (text, code) => {
    expect(
      problemOf(() => readTelemetryBody({ headers: JSON_HEADERS, body: Buffer.from(text) })),
    ).toMatchObject({
      code,
      status: 400,
    });
  });

  it('refuses bytes that are not UTF-8', () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    expect(problemOf(() => readTelemetryBody({ headers: JSON_HEADERS, body })).detail).toBe(
      'The body is not UTF-8.',
    );
  });
});
