import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../runtime-error.js';
import { decodeSegment, objectPath } from './object-path.js';
import { noSuchBucket, noSuchKey, S3Error } from './s3-error.js';

/** What is kept of an object besides its bytes. */
export interface ObjectAttributes {
  readonly contentType: string;
  readonly contentEncoding?: string;
  /** The `x-amz-meta-*` headers, names without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectHead extends ObjectAttributes {
  readonly key: string;
  /** MD5 of the bytes in hex, without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
}

/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
}

interface StoredAttributes extends ObjectAttributes {
  readonly etag: string;
  readonly sizeBytes: number;
}

/**
 * Buckets as folders and objects as files under their own names. An object is written beside its place and renamed, so
 * that a reader and a crash find the old object or the new one.
 *
 * One difference to S3 comes from the file system: `a` and `a/b` cannot both be objects of a bucket.
 */
export class FolderStore {
  constructor(
    private readonly folder: string,
    private readonly buckets: ReadonlySet<string>,
  ) {}

  /** Creates the buckets' folders. */
  async prepare(): Promise<void> {
    await rm(join(this.folder, '.incoming'), { recursive: true, force: true });
    await mkdir(join(this.folder, '.incoming'), { recursive: true });
    for (const bucket of this.buckets) await mkdir(join(this.folder, bucket), { recursive: true });
  }

  bucketNames(): string[] {
    return [...this.buckets].sort();
  }

  /** @throws S3Error `NoSuchBucket`. */
  requireBucket(bucket: string): void {
    if (!this.buckets.has(bucket)) throw noSuchBucket();
  }

  /** Stores an object, in place of an older one. Returns its ETag. @throws S3Error. */
  async put(bucket: string, key: string, body: Uint8Array, attributes: ObjectAttributes): Promise<string> {
    const { file, attributesFile } = this.files(bucket, key);
    const etag = createHash('md5').update(body).digest('hex');
    const stored: StoredAttributes = { ...attributes, etag, sizeBytes: body.byteLength };
    try {
      await this.writeInto(attributesFile, JSON.stringify(stored));
      await this.writeInto(file, body);
    } catch (error) {
      const code = systemCode(error);
      if (code !== 'EISDIR' && code !== 'ENOTDIR' && code !== 'EEXIST' && code !== 'ENOTEMPTY') throw error;
      throw new S3Error(
        409,
        'InvalidRequest',
        `The local S3 cannot hold ${key} beside an object that has it as a folder.`,
      );
    }
    return etag;
  }

  /** @throws S3Error `NoSuchKey`. */
  async head(bucket: string, key: string): Promise<ObjectHead> {
    const { file, attributesFile } = this.files(bucket, key);
    const found = await orUndefined(stat(file));
    if (found === undefined || !found.isFile()) throw noSuchKey();
    const stored = await readAttributes(attributesFile);
    // Attributes are written first: those of a write that was cut off do not belong to this file.
    const valid = stored?.sizeBytes === found.size ? stored : undefined;
    return {
      key,
      contentType: valid?.contentType ?? 'binary/octet-stream',
      ...(valid?.contentEncoding === undefined ? {} : { contentEncoding: valid.contentEncoding }),
      metadata: valid?.metadata ?? {},
      etag:
        valid?.etag ??
        createHash('md5')
          .update(await readFile(file))
          .digest('hex'),
      sizeBytes: found.size,
      lastModifiedMs: found.mtimeMs,
    };
  }

  /** @throws S3Error `NoSuchKey`. */
  async read(bucket: string, key: string): Promise<Buffer> {
    const { file } = this.files(bucket, key);
    const body = await orUndefined(readFile(file));
    if (body === undefined) throw noSuchKey();
    return body;
  }

  /** Deletes an object, and the folders that become empty; deleting what is not there succeeds, as on S3. */
  async delete(bucket: string, key: string): Promise<void> {
    const { file, attributesFile } = this.files(bucket, key);
    const found = await orUndefined(stat(file));
    if (found?.isFile() === true) await rm(file, { force: true });
    await rm(attributesFile, { force: true });
    const segments = objectPath(key).slice(0, -1);
    for (let depth = segments.length; depth > 0; depth -= 1) {
      const removed = await rmdir(join(this.folder, bucket, ...segments.slice(0, depth))).then(
        () => true,
        () => false, // Not empty, or gone already.
      );
      if (!removed) return;
    }
  }

  /** Every object whose key begins with the prefix, in the order of S3: by the bytes of the key. */
  async list(bucket: string, prefix: string): Promise<ListedObject[]> {
    this.requireBucket(bucket);
    const parents = prefix.split('/').slice(0, -1);
    const found: ListedObject[] = [];
    const start = join(
      this.folder,
      bucket,
      ...objectPath(parents.join('/')).filter(() => parents.length > 0),
    );
    await this.walk(start, parents.map((parent) => `${parent}/`).join(''), prefix, found);
    return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  private async walk(
    folder: string,
    keyPrefix: string,
    prefix: string,
    found: ListedObject[],
  ): Promise<void> {
    const entries = (await orUndefined(readdir(folder, { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const key = keyPrefix + decodeSegment(entry.name);
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const below = `${key}/`;
        if (below.startsWith(prefix) || prefix.startsWith(below)) await this.walk(path, below, prefix, found);
      } else if (key.startsWith(prefix)) {
        const file = await orUndefined(stat(path));
        if (file !== undefined) found.push({ key, sizeBytes: file.size, lastModifiedMs: file.mtimeMs });
      }
    }
  }

  private files(bucket: string, key: string): { file: string; attributesFile: string } {
    this.requireBucket(bucket);
    const path = objectPath(key);
    return {
      file: join(this.folder, bucket, ...path),
      attributesFile: join(
        this.folder,
        '.attributes',
        bucket,
        ...path.slice(0, -1),
        `${path.at(-1) ?? ''}.json`,
      ),
    };
  }

  private async writeInto(file: string, content: string | Uint8Array): Promise<void> {
    const temporary = join(this.folder, '.incoming', randomUUID());
    try {
      await writeFile(temporary, content, { flush: true });
      await mkdir(dirname(file), { recursive: true });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

async function readAttributes(file: string): Promise<StoredAttributes | undefined> {
  const text = await orUndefined(readFile(file, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as StoredAttributes);
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
