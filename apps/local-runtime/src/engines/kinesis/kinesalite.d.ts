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
