import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kinesaliteStore from 'kinesalite/db/index.js';
import { endInterruptedUpdates } from './interrupted-updates.js';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'weir-kinesis-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

async function store(streams: Record<string, { StreamStatus: string }>): Promise<void> {
  const { metaDb, db } = kinesaliteStore.create({ path });
  for (const [name, stream] of Object.entries(streams)) {
    await new Promise<void>((resolve) => metaDb.put(name, stream, () => resolve()));
  }
  await new Promise<void>((resolve) => db.close(() => resolve()));
}

it('makes streams active that were being updated, and no others', async () => {
  await store({
    a: { StreamStatus: 'UPDATING' },
    b: { StreamStatus: 'CREATING' },
    c: { StreamStatus: 'ACTIVE' },
  });
  expect(await endInterruptedUpdates(path)).toEqual(['a']);
  expect(await endInterruptedUpdates(path)).toEqual([]);
});

it('leaves an empty store alone', async () => {
  expect(await endInterruptedUpdates(path)).toEqual([]);
});
