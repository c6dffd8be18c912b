/** The part of kinesalite that is used; the package has no types of its own. https://github.com/mhart/kinesalite */
declare module 'kinesalite' {
  import type { Server } from 'node:http';

  interface KinesaliteOptions {
    /** Folder of the LevelDB store; in memory without. */
    path?: string;
    ssl?: boolean;
    createStreamMs?: number;
    deleteStreamMs?: number;
    updateStreamMs?: number;
    shardLimit?: number;
  }

  /** The server's `close` also closes the store, before it calls back. */
  export default function kinesalite(options?: KinesaliteOptions): Server;
}

/** Its store, to be opened while no server has it. */
declare module 'kinesalite/db/index.js' {
  interface StoredStream {
    readonly StreamStatus: string;
  }

  interface KinesaliteStore {
    readonly metaDb: {
      createReadStream(): AsyncIterable<{ readonly key: string; readonly value: StoredStream }>;
      put(key: string, value: StoredStream, done: (error?: Error | null) => void): void;
    };
    readonly db: { close(done: (error?: Error | null) => void): void };
  }

  const kinesaliteStore: { create(options: { path: string }): KinesaliteStore };
  export default kinesaliteStore;
}
