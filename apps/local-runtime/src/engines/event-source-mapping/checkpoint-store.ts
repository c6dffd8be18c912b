import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far a shard has been processed. */
export interface ShardCheckpoint {
  /** The last record such that it and all before it are finished; absent while there is none. */
  readonly sequenceNumber?: string;
  /** The shard is closed and completely processed. */
  readonly finished?: boolean;
}

/** Tells one stream from a later one of the same name, whose sequence numbers mean nothing here. */
export interface StreamIdentity {
  readonly streamArn: string;
  readonly createdMs: number;
}

interface CheckpointFile extends StreamIdentity {
  readonly version: 1;
  /** When the mapping was created, epoch milliseconds: what LATEST means after a restart. */
  readonly startedMs: number;
  readonly shards: Readonly<Record<string, ShardCheckpoint>>;
}

/**
 * Checkpoints of one mapping in one file, replaced atomically (written beside and renamed), so that whoever kills the process
 * finds the old or the new file, never a part. Writes that come while one is under way are joined into the next.
 */
export class CheckpointStore {
  private readonly shards: Map<string, ShardCheckpoint>;
  private writing: Promise<void> = Promise.resolve();
  private dirty = false;
  private scheduled = false;
  private closed = false;
  private lastError: unknown;

  private constructor(
    private readonly file: string,
    private readonly identity: StreamIdentity,
    readonly startedMs: number,
    /** Whether the mapping has never run on this stream before. */
    readonly isNew: boolean,
    shards: Readonly<Record<string, ShardCheckpoint>>,
  ) {
    this.shards = new Map(Object.entries(shards));
  }

  /**
   * Opens the file, or starts a new one where there is none or where it belongs to an earlier stream.
   * @throws Error with the remedy when the file is damaged.
   */
  static async open(file: string, identity: StreamIdentity, nowMs: number): Promise<CheckpointStore> {
    const stored = await readCheckpoints(file);
    if (
      stored !== undefined &&
      stored.streamArn === identity.streamArn &&
      stored.createdMs === identity.createdMs
    ) {
      return new CheckpointStore(file, identity, stored.startedMs, false, stored.shards);
    }
    const store = new CheckpointStore(file, identity, nowMs, true, {});
    await mkdir(dirname(file), { recursive: true });
    store.touch();
    await store.flush();
    return store;
  }

  get(shardId: string): ShardCheckpoint {
    return this.shards.get(shardId) ?? {};
  }

  set(shardId: string, checkpoint: ShardCheckpoint): void {
    if (this.closed) return;
    this.shards.set(shardId, checkpoint);
    this.touch();
  }

  /** Drops shards that the stream no longer has. */
  retain(shardIds: ReadonlySet<string>): void {
    for (const shardId of this.shards.keys()) {
      if (shardIds.has(shardId)) continue;
      this.shards.delete(shardId);
      this.touch();
    }
  }

  /**
   * Waits until everything set so far is in the file.
   * @throws what the file system said, when the last write failed.
   */
  async flush(): Promise<void> {
    // A failed write is tried again.
    if (this.dirty) this.schedule();
    await this.writing;
    if (this.lastError !== undefined) throw this.lastError;
  }

  /** Writes what is set, and takes nothing more: an invocation that outlives its mapping may not touch the file. */
  async close(): Promise<void> {
    this.closed = true;
    await this.flush();
  }

  private touch(): void {
    this.dirty = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.writing = this.writing.then(() => this.write());
  }

  private async write(): Promise<void> {
    this.scheduled = false;
    this.dirty = false;
    const content: CheckpointFile = {
      version: 1,
      ...this.identity,
      startedMs: this.startedMs,
      shards: Object.fromEntries(this.shards),
    };
    const temporary = `${this.file}.tmp`;
    try {
      await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`);
      await rename(temporary, this.file);
      this.lastError = undefined;
    } catch (error) {
      this.dirty = true;
      this.lastError = error;
    }
  }
}

async function readCheckpoints(file: string): Promise<CheckpointFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw error;
  }
  try {
    const content = JSON.parse(text) as CheckpointFile;
    if (content.version === 1 && typeof content.shards === 'object') return content;
  } catch {
    // Falls through to the error below, which names the remedy.
  }
  throw new Error(
    `The checkpoint file ${file} is damaged: delete it to begin again at the mapping's starting position`,
  );
}
