import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchivedObject } from '@weir/envelope-stream';
import { encodeEnvelope } from '@weir/telemetry-schema';
import type { QueryCommand } from './command-line.js';

/** There is nothing to query. The message says where it was looked for. */
export class NoArchiveError extends Error {
  override readonly name = 'NoArchiveError';
}

/** Archive buckets are named `weir-<stage>-archive-<account>-<region>`. */
const ARCHIVE_BUCKET = /^weir-[a-z]+-archive-/;

/**
 * Paths of the archived objects, in the order of their arrival.
 *
 * @throws NoArchiveError when there is no archive, or nothing in it
 */
export async function archivedObjects(source: QueryCommand['source']): Promise<string[]> {
  const folders = 'archive' in source ? [source.archive] : await archiveFolders(source.buckets);
  const listed = await Promise.all(folders.map(filesBelow));
  const objects = listed
    .flat()
    .filter((file) => file.endsWith('.gz'))
    .sort();
  if (objects.length > 0) return objects;
  const place = 'archive' in source ? source.archive : source.buckets;
  throw new NoArchiveError(
    `There is no archived object below ${place}: envelopes arrive there in batches, a minute or so after they were ` +
      'accepted, and when the runtime is stopped.',
  );
}

/**
 * Replaces objects that hold anything but envelopes, as anybody may put a record on the stream, by copies of their envelopes
 * alone. Everything else is queried as it is.
 *
 * @param folder an empty one for the copies
 * @returns the paths to query, in the order of the objects
 */
export async function withoutStrayRecords(objects: readonly string[], folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const [index, object] of objects.entries()) {
    const { envelopes, strayBytes, undecodable } = readArchivedObject(await readFile(object));
    if (strayBytes === 0 && undecodable === 0) {
      paths.push(object);
      continue;
    }
    // The hour of arrival is read from the path.
    const hour = /envelopes\/(\d{4}\/\d\d\/\d\d\/\d\d)\//.exec(object)?.[0] ?? '';
    await mkdir(join(folder, hour), { recursive: true });
    const copy = join(folder, hour, `${index}.ndjson`);
    await writeFile(copy, envelopes.map(encodeEnvelope).join(''));
    paths.push(copy);
  }
  return paths;
}

async function archiveFolders(buckets: string): Promise<string[]> {
  const names = await readdir(buckets).catch(() => {
    throw new NoArchiveError(
      `There are no buckets in ${buckets}: start Weir with npm start, or name its --data-dir.`,
    );
  });
  return names.filter((name) => ARCHIVE_BUCKET.test(name)).map((name) => join(buckets, name, 'envelopes'));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
