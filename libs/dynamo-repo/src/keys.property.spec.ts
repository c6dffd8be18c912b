import fc from 'fast-check';
import {
  blockItemKey,
  blockRange,
  deviceIdOf,
  directoryRange,
  entryItemKey,
  rollupItemKey,
  rollupRange,
  timeOf,
  timeText,
} from './keys.js';

const timeMs = fc.integer({ min: 0, max: 10 ** 15 - 1 });
const deviceId = fc.stringMatching(/^[A-Za-z0-9._:-]{1,8}$/);

describe('keys', () => {
  it('name what they stand for', () => {
    const startMs = Date.UTC(2026, 0, 15, 12);
    expect(blockItemKey('a:1', startMs)).toEqual({ pk: 'D#a:1', sk: 'B#001768478400000' });
    expect(rollupItemKey('a:1', 'hour', startMs).sk).toBe('H#001768478400000');
    expect(rollupItemKey('a:1', 'day', startMs).sk).toBe('D#001768478400000');
    expect(rollupItemKey('a:1', 'month', startMs).sk).toBe('M#001768478400000');
    expect(entryItemKey('a:1', startMs).sk).toBe('C#001768478400000');
  });

  it('sort as text in order of time, and give back device and time', () => {
    fc.assert(
      fc.property(deviceId, timeMs, timeMs, (id, a, b) => {
        expect(Math.sign(a - b)).toBe(timeText(a) < timeText(b) ? -1 : timeText(a) > timeText(b) ? 1 : 0);
        const key = blockItemKey(id, a);
        expect([deviceIdOf(key.pk), timeOf(key.sk)]).toEqual([id, a]);
      }),
    );
  });

  it.each([-1, 0.5, 10 ** 15, Number.NaN, Number.POSITIVE_INFINITY])('refuse the time %p', (time) => {
    expect(() => timeText(time)).toThrow(RangeError);
  });

  it.each(['B#12', 'B#', 'x', 'B#00176847840000x', ''])('find no time in %p', (sortKey) => {
    expect(timeOf(sortKey)).toBeNaN();
  });
});

describe('ranges', () => {
  it('of blocks hold exactly the slots in [from, to) beyond the one to go on after', () => {
    const bound = fc.integer({ min: -5, max: 30 });
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.option(bound, { nil: undefined }),
        (fromMs, toMs, order, afterMs) => {
          const range = blockRange({ fromMs, toMs, order, ...(afterMs === undefined ? {} : { afterMs }) });
          const slots = Array.from({ length: 30 }, (_, slot) => slot);
          const inRange = slots.filter((slot) => {
            const { sk } = blockItemKey('a', slot);
            return range !== undefined && sk >= range.from && sk <= range.to;
          });
          const wanted = slots.filter(
            (slot) =>
              slot >= fromMs &&
              slot < toMs &&
              (afterMs === undefined || (order === 'asc' ? slot > afterMs : slot < afterMs)),
          );
          expect(inRange).toEqual(wanted);
        },
      ),
    );
  });

  it('take bounds that no key can have', () => {
    expect(rollupRange('day', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual({
      from: 'D#000000000000000',
      to: 'D#999999999999999',
    });
    expect(rollupRange('day', 10, 10)).toBeUndefined();
    expect(rollupRange('day', Number.NaN, 10)).toBeUndefined();
  });

  it('of the directory hold exactly the devices of the prefix beyond the one to go on after', () => {
    const prefix = fc.stringMatching(/^[Aa.:-]{0,3}$/);
    const ids = fc.uniqueArray(fc.stringMatching(/^[Aa.:-]{1,4}$/), { maxLength: 30 });
    fc.assert(
      fc.property(ids, prefix, fc.option(prefix, { nil: undefined }), (devices, start, after) => {
        const range = directoryRange(start, after === '' ? undefined : after);
        const inRange = devices.filter((id) => range !== undefined && id >= range.from && id <= range.to);
        const wanted = devices.filter(
          (id) => id.startsWith(start) && (after === undefined || after === '' || id > after),
        );
        expect(inRange).toEqual(wanted);
      }),
    );
  });
});
