import { formatAge, formatDuration, formatLocalTime, formatRate, formatUnit, formatValue } from './format.js';

describe('formatting', () => {
  it.each([
    [0, '0'],
    [75.123456, '75.123'],
    [-0.25, '-0.25'],
    [12_345.678, '12,346'],
    [4.2e12, '4.200e+12'],
    [3e-9, '3.000e-9'],
  ])('writes the value %p as %p', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each([
    [850, '850 ms'],
    [4_240, '4.2 s'],
    [42_000, '42 s'],
    [720_000, '12 min'],
    [10_800_000, '3 h'],
    [432_000_000, '5 d'],
  ])('writes %p ms as %p', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it('takes what lies ahead for now', () => {
    expect(formatAge(5_000, 1_000)).toBe('now');
    expect(formatAge(1_000, 6_000)).toBe('5.0 s ago');
  });

  it('writes local times to the second', () => {
    expect(formatLocalTime(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe('2026-01-02 03:04:05');
  });

  it('writes rates with a decimal while they are small', () => {
    expect([formatRate(2.46), formatRate(1234.5)]).toEqual(['2.5', '1,235']);
  });

  it('prints units as people write them, and others as their code', () => {
    expect([formatUnit('Cel'), formatUnit('mm/s'), formatUnit(undefined)]).toEqual(['°C', 'mm/s', '']);
  });
});
