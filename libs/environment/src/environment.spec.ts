import { Environment, EnvironmentError } from './index.js';

describe('Environment', () => {
  const environment = new Environment({ NAME: 'weir', BLANK: ' ', COUNT: '12', HEX: '0x10', MINUS: '-1' });

  it('reads texts, falling back where that is allowed', () => {
    expect(environment.text('NAME')).toBe('weir');
    expect(environment.text('ABSENT', 'dev')).toBe('dev');
    expect(() => environment.text('ABSENT')).toThrow('The environment variable ABSENT is not set.');
    expect(() => environment.text('BLANK', 'dev')).toThrow(EnvironmentError);
  });

  it('reads whole numbers within bounds', () => {
    const bounds = { fallback: 5, min: 1, max: 12 };
    expect(environment.wholeNumber('COUNT', bounds)).toBe(12);
    expect(environment.wholeNumber('ABSENT', bounds)).toBe(5);
    expect(() => environment.wholeNumber('COUNT', { ...bounds, max: 11 })).toThrow(
      'COUNT must be a whole number from 1 to 11, not "12"',
    );
    for (const name of ['HEX', 'MINUS', 'NAME']) {
      expect(() => environment.wholeNumber(name, bounds)).toThrow(`${name} must be a whole number`);
    }
  });

  it('reads flags', () => {
    const flags = new Environment({ ON: 'True', OFF: 'false', BLANK: '', ONE: '1' });
    expect(['ON', 'OFF', 'ABSENT'].map((name) => flags.flag(name))).toEqual([true, false, false]);
    expect(() => flags.flag('ONE')).toThrow('ONE must be true or false, not "1"');
    expect(() => flags.flag('BLANK')).toThrow('BLANK must be true or false');
  });

  it('reads one of several numbers', () => {
    expect(environment.oneOf('COUNT', [6, 12], 6)).toBe(12);
    expect(environment.oneOf('ABSENT', [6, 12], 6)).toBe(6);
    expect(() => environment.oneOf('COUNT', [10], 10)).toThrow('COUNT must be one of 10, not "12"');
  });
});
