import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BUILT_IN_PROFILE } from './fleet-choice.js';
import { parseProfile } from './parse-profile.js';
import { readProfile } from './profile-file.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const file = join(folder, 'p.yaml');
  writeFileSync(file, text);
  return file;
}

const VALID = `sites:
  - { site: mill, model: P-1, prefix: pump-, devices: 3 }
models:
  P-1:
    - name: flow
      unit: l/min
      level: 12
intervalSeconds: 5
`;
const DATA = {
  sites: [{ site: 'mill', model: 'P-1', prefix: 'pump-', devices: 3 }],
  models: { 'P-1': [{ name: 'flow', unit: 'l/min', level: 12 }] },
  intervalSeconds: 5,
};

describe('a profile in a file', () => {
  it.each([
    ['YAML', VALID],
    ['JSON', JSON.stringify(DATA)],
    ['JSON over many lines', JSON.stringify(DATA, undefined, 2)],
    ['JSON with tabs', JSON.stringify(DATA, undefined, '\t')],
  ])('may be %s', (_, text) => {
    expect(readProfile(fileWith(text))).toEqual(parseProfile(DATA));
  });

  it('may name what several models share', () => {
    const shared = VALID.replace('P-1:\n', 'P-1: &all\n') + '\n';
    const text = shared.replace('intervalSeconds', '  P-2: *all\nintervalSeconds');
    expect(readProfile(fileWith(text)).models['P-2']).toEqual(parseProfile(DATA).models['P-1']);
  });

  it.each([
    ['level: 12', 'level: high', 7, 'models.P-1[0].level must be a number from -1000000000000 to'],
    ['level: 12', 'lvl: 12', 7, 'models.P-1[0].lvl is no field here; there are: name, unit, level'],
    [
      '      level: 12\n',
      '',
      5,
      'models.P-1[0].level must be a number from -1000000000000 to 1000000000000; it is',
    ],
    ['devices: 3', 'devices: 0', 2, 'sites[0].devices must be a number from 1 to 100000, not 0'],
    ['intervalSeconds: 5', 'intervalSeconds:\n  - 5', 8, 'intervalSeconds must be a number from 0.1 to'],
    ['intervalSeconds: 5\n', '', 1, 'intervalSeconds must be a number from 0.1 to 86400; it is missing'],
    ['level: 12', 'level: 12\n      level: 13', 8, 'Map keys must be unique'],
    ['level: 12', 'level: !celsius 12', 7, 'Unresolved tag: !celsius'],
    ['level: 12', 'level: *what', 7, 'there is no anchor &what before this'],
    ['level: 12', 'level: [12', 8, 'Flow sequence in block collection must be'],
    [VALID, '', 1, 'the profile must be an object, not null'],
    [VALID, `${VALID}---\n${VALID}`, 9, 'Source contains multiple documents'],
  ])('is refused with the line: %s → %s', (before, after, line, message) => {
    const file = fileWith(VALID.replace(before, after));
    expect(() => readProfile(file)).toThrow(`${file}:${line}: ${message}`);
  });

  it('is refused when there is none', () => {
    expect(() => readProfile(join(folder, 'none.yaml'))).toThrow(
      /^The profile .*none\.yaml cannot be read: ENOENT/,
    );
  });

  it('is there for npm start, and its readings fit units and names that the registry takes', () => {
    const { groups, models } = readProfile(BUILT_IN_PROFILE);
    expect(groups.find(({ prefix }) => prefix === 'boiler-')).toMatchObject({
      site: 'plant-1',
      model: 'WB-200',
    });
    expect(models['WB-200']?.map(({ name, unit }) => [name, unit])).toContainEqual(['temperature', 'Cel']);
  });

  it('is there as an example, which the documentation shows', () => {
    const example = join(import.meta.dirname, '../profiles/pumps.yaml');
    expect(readProfile(example).groups).toEqual([
      { site: 'mill', model: 'P-1', prefix: 'pump-', devices: 40 },
    ]);
    const page = readFileSync(join(import.meta.dirname, '../../../docs/simulator.md'), 'utf8');
    expect(/```yaml\n(.*?)```/s.exec(page)?.[1]).toBe(readFileSync(example, 'utf8'));
  });
});
