import type { ListedObject } from './folder-store.js';
import { S3Error } from './s3-error.js';
import { document, element } from './xml.js';

export interface ListingQuery {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Opaque; given out by the page before. */
  readonly continuationToken?: string;
  readonly startAfter?: string;
  readonly urlEncoded: boolean;
}

type Entry = { readonly sortKey: string } & (
  { readonly object: ListedObject } | { readonly commonPrefix: string }
);

/**
 * Reads the query of ListObjectsV2.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 *
 * @throws S3Error `InvalidArgument`.
 */
export function parseListingQuery(bucket: string, query: URLSearchParams): ListingQuery {
  const maxKeys = Number(query.get('max-keys') ?? 1_000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error(400, 'InvalidArgument', 'max-keys must be a whole number from 0.');
  }
  const continuationToken = query.get('continuation-token') ?? undefined;
  const startAfter = query.get('start-after') ?? undefined;
  return {
    bucket,
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(1_000, maxKeys),
    ...(continuationToken === undefined ? {} : { continuationToken }),
    ...(startAfter === undefined ? {} : { startAfter }),
    urlEncoded: query.get('encoding-type') === 'url',
  };
}

/** One page of a listing as XML. `objects` are all objects with the prefix, in order. @throws S3Error for a foreign token. */
export function listingDocument(
  query: ListingQuery,
  objects: readonly ListedObject[],
  etags: Etags,
): Promise<string> {
  const after =
    query.continuationToken === undefined ? (query.startAfter ?? '') : decodeToken(query.continuationToken);
  const entries = groupEntries(query, objects).filter(({ sortKey }) => compareKeys(sortKey, after) > 0);
  return render(query, entries, etags);
}

/** Looks up the ETag of an object of the page. */
export type Etags = (key: string) => Promise<string>;

async function render(query: ListingQuery, entries: readonly Entry[], etags: Etags): Promise<string> {
  const page = entries.slice(0, query.maxKeys);
  const last = page.at(-1);
  const truncated = entries.length > page.length && last !== undefined;
  const text = (value: string): string =>
    query.urlEncoded ? encodeURIComponent(value).replaceAll('%2F', '/') : value;
  const content: string[] = [
    element('Name', query.bucket),
    element('Prefix', text(query.prefix)),
    element('KeyCount', page.length),
    element('MaxKeys', query.maxKeys),
    element('IsTruncated', truncated),
  ];
  if (query.delimiter !== '') content.push(element('Delimiter', text(query.delimiter)));
  if (query.urlEncoded) content.push(element('EncodingType', 'url'));
  if (query.startAfter !== undefined) content.push(element('StartAfter', text(query.startAfter)));
  if (query.continuationToken !== undefined)
    content.push(element('ContinuationToken', query.continuationToken));
  if (truncated) content.push(element('NextContinuationToken', encodeToken(last.sortKey)));
  for (const entry of page) {
    if ('commonPrefix' in entry) {
      content.push(`<CommonPrefixes>${element('Prefix', text(entry.commonPrefix))}</CommonPrefixes>`);
      continue;
    }
    const { key, sizeBytes, lastModifiedMs } = entry.object;
    const fields = [
      element('Key', text(key)),
      element('LastModified', new Date(lastModifiedMs).toISOString()),
      element('ETag', `"${await etags(key)}"`),
      element('Size', sizeBytes),
      element('StorageClass', 'STANDARD'),
    ];
    content.push(`<Contents>${fields.join('')}</Contents>`);
  }
  return document('ListBucketResult', content.join(''));
}

/** Keys with the delimiter after the prefix are rolled up into one common prefix. */
function groupEntries(query: ListingQuery, objects: readonly ListedObject[]): Entry[] {
  const entries: Entry[] = [];
  let lastPrefix: string | undefined;
  for (const object of objects) {
    const cut = query.delimiter === '' ? -1 : object.key.indexOf(query.delimiter, query.prefix.length);
    if (cut < 0) {
      entries.push({ sortKey: object.key, object });
      continue;
    }
    const commonPrefix = object.key.slice(0, cut + query.delimiter.length);
    if (commonPrefix !== lastPrefix) entries.push({ sortKey: commonPrefix, commonPrefix });
    lastPrefix = commonPrefix;
  }
  return entries;
}

function encodeToken(sortKey: string): string {
  return Buffer.from(`after:${sortKey}`).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) {
    throw new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect');
  }
  return text.slice('after:'.length);
}

function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
