import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import { weirWriteUnits } from '../cost/cost-model.js';
import { COUNTED_UNITS } from '../cost/counted-units.js';
import { demandOf, usesOf } from './demand.js';
import { QUOTAS } from './quotas.js';
import { withTables } from './scaling-document.js';

const root = join(__dirname, '../../../..');
const million = {
  devices: 1_000_000,
  intervalSeconds: 10,
  metrics: 3,
  perBatch: 10,
  perGateway: 1,
  freshnessSeconds: 2,
  athenaGib: 0,
};

it('docs/scaling.md has the tables of the model', async () => {
  const args = ['--import', 'tsx', '--conditions=@weir/source', 'src/scaling/cli.ts', '--check'];
  const node = join(root, 'node_modules/.bin/node');
  await promisify(execFile)(node, args, { cwd: join(root, 'apps/bench') });
}, 60_000);

it('a table stands in its place, and each has one', () => {
  const document = 'a\n<!-- table: one -->\nold\n<!-- end -->\nb <!-- end -->';
  const filled = 'a\n<!-- table: one -->\n\nnew\n\n<!-- end -->\nb <!-- end -->';
  expect(withTables(document, { one: 'new' })).toBe(filled);
  expect(() => withTables(document, { one: 'new', two: '' })).toThrow('no place for the table two');
  expect(() => withTables(document, {})).toThrow('a place for a table one, which does not exist');
});

describe('the demand of a fleet', () => {
  it('is what comes of its readings', () => {
    const demand = demandOf(million);
    expect(demand).toMatchObject({ readings: 100_000, requests: 10_000, shards: 10 });
    expect(demand.writeUnits).toBeCloseTo(100_000 * weirWriteUnits(million, 10), 6);
    // Every block of 60 readings is sealed; each of the 16 batches at once has a container that asks for changes once a minute.
    const { readUnitsABlock, readUnitsAPoll } = COUNTED_UNITS.storing.find(
      ({ blockMinutes, metrics }) => blockMinutes === 10 && metrics === 3,
    )!;
    expect(demand.readUnits).toBeCloseTo(
      (100_000 / 60) * readUnitsABlock + (DEVICE_GROUPS.fallback / 60) * readUnitsAPoll,
      6,
    );
  });

  it('grows with the devices, and shrinks by what comes together', () => {
    const [one, two] = [million, { ...million, devices: 2_000_000 }].map(demandOf);
    expect(two!.writeUnits).toBeCloseTo(2 * one!.writeUnits, 6);
    expect(two!.shards).toBe(2 * one!.shards);
    const byGateways = demandOf({ ...million, perGateway: 100 });
    expect(byGateways.requests).toBeCloseTo(100, 9);
    expect(byGateways.shards).toBe(Math.ceil(byGateways.processing / 10));
    expect(byGateways.writeUnits).toBe(one!.writeUnits);
  });

  it('reads no more where writes are more frequent', () => {
    expect(demandOf({ ...million, perBatch: 1 }).readUnits).toBeCloseTo(demandOf(million).readUnits, 6);
  });
});

it('the tightest quota is that of which most is used', () => {
  const uses = usesOf(demandOf(million));
  expect(uses[0]).toEqual({ quota: 'requests', share: 10_000 / QUOTAS.requests.value });
  expect(uses.map(({ share }) => share)).toEqual(uses.map(({ share }) => share).sort((a, b) => b - a));
});
