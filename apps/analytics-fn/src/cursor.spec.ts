import { ProblemError } from '@weir/telemetry-schema';
import { decodeDeviceCursor, decodeTimeCursor, encodeCursor } from './cursor.js';

const scope = { operation: 'listReadings', query: { deviceId: 'boiler-1', metric: undefined, fromMs: 0 } };
const range = { startMs: 0, endMs: 1000 };

function refusalOf(decode: () => unknown): unknown {
  try {
    decode();
  } catch (error) {
    if (error instanceof ProblemError) return { status: error.status, ...error.options.errors?.[0] };
    throw error;
  }
  throw new Error('The cursor was accepted.');
}

const REFUSED = { status: 400, field: 'cursor', reason: 'is not a cursor of this query' };

describe('a cursor', () => {
  it('gives back its position for the same query, in whatever order that is written', () => {
    const cursor = encodeCursor(scope, 420);
    const same = { ...scope, query: { fromMs: 0, deviceId: 'boiler-1' } };
    expect(decodeTimeCursor(cursor, same, range)).toBe(420);
    expect(decodeDeviceCursor(encodeCursor(scope, 'boiler-7'), scope)).toBe('boiler-7');
    expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,1024}$/);
  });

  it('is refused by another operation, and by another query of the same', () => {
    const cursor = encodeCursor(scope, 420);
    for (const other of [
      { ...scope, operation: 'listDeviceAggregates' },
      { ...scope, query: { ...scope.query, deviceId: 'boiler-2' } },
      { ...scope, query: { ...scope.query, metric: 'x' } },
      { ...scope, query: { ...scope.query, fromMs: '0' } },
    ]) {
      expect(refusalOf(() => decodeTimeCursor(cursor, other, range))).toEqual(REFUSED);
    }
  });

  it('is refused when any one of its characters is changed, missing or added', () => {
    const cursor = encodeCursor(scope, 420);
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = cursor[index] === 'A' ? 'B' : 'A';
      for (const damaged of [
        cursor.slice(0, index) + changed + cursor.slice(index + 1),
        cursor.slice(0, index) + cursor.slice(index + 1),
        `${cursor.slice(0, index)}${changed}${cursor.slice(index)}`,
      ]) {
        if (damaged !== cursor)
          expect(refusalOf(() => decodeTimeCursor(damaged, scope, range))).toEqual(REFUSED);
      }
    }
  });

  it('has one form only, although base64url has spare bits at its end', () => {
    for (const position of [1, 22, 333]) {
      const cursor = encodeCursor(scope, position);
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const other = cursor.slice(0, -1) + last;
        if (other !== cursor) expect(refusalOf(() => decodeTimeCursor(other, scope, range))).toEqual(REFUSED);
      }
    }
  });

  it.each([
    '',
    'x',
    'bnVsbA',
    'W10',
    Buffer.from('[1,5]').toString('base64url'),
    Buffer.from('[1,{},""]').toString('base64url'),
  ])('is not %j', (text) => {
    expect(refusalOf(() => decodeTimeCursor(text, scope, range))).toEqual(REFUSED);
  });

  it.each([-1, 1000, 0.5, 61, Number.MAX_VALUE, 'boiler-1'])(
    'cannot be forged to reach outside the range or its grid: %p',
    (position) => {
      const forged = encodeCursor(scope, position);
      expect(refusalOf(() => decodeTimeCursor(forged, scope, range, 60))).toEqual(REFUSED);
    },
  );

  it.each([5, '', 'no such id', 'x'.repeat(129)])(
    'cannot be forged to name what is no device: %p',
    (position) => {
      expect(refusalOf(() => decodeDeviceCursor(encodeCursor(scope, position), scope))).toEqual(REFUSED);
    },
  );
});
