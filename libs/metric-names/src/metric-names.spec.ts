import { METRIC } from './metric-names.js';

describe('the metric names', () => {
  it('are each used once, so that no two measurements are added up', () => {
    const names = Object.values(METRIC);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(Object.entries(METRIC))('%s is told apart by its name alone', (key, name) => {
    expect(name).toMatch(/^([A-Z][a-z]+)+$/);
    expect(name.toLowerCase()).toBe(key.toLowerCase());
  });
});
