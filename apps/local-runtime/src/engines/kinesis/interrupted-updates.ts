import { promisify } from 'node:util';
import kinesaliteStore from 'kinesalite/db/index.js';

/**
 * Takes streams out of the state UPDATING, in which a kill in the middle of a split, a merge or a change of retention leaves
 * them for ever. Such an update is one write that also ends the state, so it has either happened as a whole or not at all.
 * No server may have the store open. Returns the names of the streams.
 *
 * @param path folder of the LevelDB store
 */
export async function endInterruptedUpdates(path: string): Promise<string[]> {
  const store = kinesaliteStore.create({ path });
  try {
    const updating: { readonly key: string; readonly value: { readonly StreamStatus: string } }[] = [];
    for await (const entry of store.metaDb.createReadStream()) {
      if (entry.value.StreamStatus === 'UPDATING') updating.push(entry);
    }
    const put = promisify(store.metaDb.put.bind(store.metaDb));
    for (const { key, value } of updating) await put(key, { ...value, StreamStatus: 'ACTIVE' });
    return updating.map(({ key }) => key);
  } finally {
    await promisify(store.db.close.bind(store.db))();
  }
}
