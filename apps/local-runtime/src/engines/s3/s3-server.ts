import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../../runtime-error.js';
import { FolderStore, type ObjectAttributes, type ObjectHead } from './folder-store.js';
import { listingDocument, parseListingQuery } from './object-listing.js';
import { headerText, readObjectBody } from './request-body.js';
import { errorDocument, notImplemented, S3Error } from './s3-error.js';
import { document, element } from './xml.js';

export interface S3ServerOptions {
  /** One folder a bucket is kept below it. */
  readonly folder: string;
  readonly buckets: readonly string[];
  /** 0 takes any free port. */
  readonly port: number;
  onError(message: string): void;
}

export interface S3Server {
  readonly endpoint: string;
  readonly store: FolderStore;
  close(): Promise<void>;
}

/**
 * An S3 of folders, path-style, without signatures: PutObject, GetObject (single ranges), HeadObject, DeleteObject,
 * HeadBucket, ListBuckets and ListObjectsV2. Everything else is answered with `NotImplemented`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const store = new FolderStore(options.folder, new Set(options.buckets));
  await store.prepare();
  const server = createServer((request, response) => {
    answer(store, request, response).catch((error: unknown) => fail(error, request, response, options));
  });
  // Above the idle time of SDK clients, so that none sends a request on a connection that is just being closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: '127.0.0.1' }, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    store,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(store: FolderStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Not parsed as a URL, which would resolve the dot segments that a key may hold.
  const [rawPath = '/', rawQuery = ''] = splitOnce(request.url ?? '/', '?');
  const query = new URLSearchParams(rawQuery);
  const path = rawPath.slice(1);
  const slash = path.indexOf('/');
  const bucket = decodeKey(slash < 0 ? path : path.slice(0, slash));
  const key = slash < 0 ? '' : decodeKey(path.slice(slash + 1));
  response.setHeader('x-amz-request-id', randomUUID());
  if (bucket === '') return answerAccount(store, request, response);
  store.requireBucket(bucket);
  if (key === '') return answerBucket(store, request, response, bucket, query);
  return answerObject(store, request, response, { bucket, key, query });
}

function splitOnce(text: string, separator: string): [string, string] {
  const position = text.indexOf(separator);
  return position < 0 ? [text, ''] : [text.slice(0, position), text.slice(position + 1)];
}

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

function answerAccount(store: FolderStore, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET') throw notImplemented(`${request.method ?? ''} without a bucket`);
  const buckets = store
    .bucketNames()
    .map(
      (name) =>
        `<Bucket>${element('Name', name)}${element('CreationDate', new Date(0).toISOString())}</Bucket>`,
    );
  sendXml(response, 200, document('ListAllMyBucketsResult', `<Buckets>${buckets.join('')}</Buckets>`));
}

async function answerBucket(
  store: FolderStore,
  request: IncomingMessage,
  response: ServerResponse,
  bucket: string,
  query: URLSearchParams,
): Promise<void> {
  if (request.method === 'HEAD') {
    response.writeHead(200).end();
    return;
  }
  if (request.method !== 'GET' || query.get('list-type') !== '2') {
    throw notImplemented(`${request.method ?? ''} of a bucket with the query "${query.toString()}"`);
  }
  const listing = parseListingQuery(bucket, query);
  const objects = await store.list(bucket, listing.prefix);
  const etags = async (key: string): Promise<string> => (await store.head(bucket, key)).etag;
  sendXml(response, 200, await listingDocument(listing, objects, etags));
}

interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** `x-id` only names the operation; response overrides and sub-resources are not there. */
function refuseSubresources(query: URLSearchParams): void {
  const unknown = [...query.keys()].filter((name) => name !== 'x-id');
  if (unknown.length > 0) throw notImplemented(`the query parameter ${unknown.join(', ')}`);
}

async function answerObject(
  store: FolderStore,
  request: IncomingMessage,
  response: ServerResponse,
  target: ObjectTarget,
): Promise<void> {
  const { bucket, key } = target;
  refuseSubresources(target.query);
  switch (request.method) {
    case 'PUT':
      return putObject(store, request, response, target);
    case 'GET':
      return getObject(store, request, response, target);
    case 'HEAD': {
      const head = await store.head(bucket, key);
      response.writeHead(200, { ...objectHeaders(head), 'content-length': head.sizeBytes }).end();
      return;
    }
    case 'DELETE':
      await store.delete(bucket, key);
      response.writeHead(204).end();
      return;
    default:
      throw notImplemented(`${request.method ?? ''} of an object`);
  }
}

const unsupportedPutHeaders = ['x-amz-copy-source', 'if-match', 'x-amz-tagging', 'x-amz-object-lock-mode'];

async function putObject(
  store: FolderStore,
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, key }: ObjectTarget,
): Promise<void> {
  const refused = unsupportedPutHeaders.find((name) => request.headers[name] !== undefined);
  if (refused !== undefined) throw notImplemented(`the header ${refused} of PutObject`);
  const body = await readObjectBody(request);
  if (request.headers['if-none-match'] === '*' && (await exists(store, bucket, key))) {
    throw new S3Error(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  }
  const etag = await store.put(bucket, key, body, requestAttributes(request));
  response.writeHead(200, { etag: `"${etag}"`, 'content-length': 0 }).end();
}

async function exists(store: FolderStore, bucket: string, key: string): Promise<boolean> {
  try {
    await store.head(bucket, key);
    return true;
  } catch (error) {
    if (error instanceof S3Error && error.statusCode === 404) return false;
    throw error;
  }
}

async function getObject(
  store: FolderStore,
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, key }: ObjectTarget,
): Promise<void> {
  const head = await store.head(bucket, key);
  const body = await store.read(bucket, key);
  const range = headerText(request, 'range');
  if (range === undefined) {
    response.writeHead(200, { ...objectHeaders(head), 'content-length': body.byteLength }).end(body);
    return;
  }
  const [start, end] = parseRange(range, body.byteLength);
  const part = body.subarray(start, end + 1);
  const contentRange = `bytes ${start}-${end}/${body.byteLength}`;
  response
    .writeHead(206, {
      ...objectHeaders(head),
      'content-length': part.byteLength,
      'content-range': contentRange,
    })
    .end(part);
}

/** First and last byte of `bytes=0-9`, `bytes=10-` or `bytes=-5`. @throws S3Error `InvalidRange`. */
function parseRange(range: string, sizeBytes: number): [number, number] {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (match === null || (first === '' && last === '')) throw notImplemented(`the range ${range}`);
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (start > end) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return [start, end];
}

function requestAttributes(request: IncomingMessage): ObjectAttributes {
  const encodings = (headerText(request, 'content-encoding') ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'aws-chunked');
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-amz-meta-'))
      metadata[name.slice('x-amz-meta-'.length)] = headerText(request, name) ?? '';
  }
  return {
    contentType: headerText(request, 'content-type') ?? 'application/octet-stream',
    ...(encodings.length === 0 ? {} : { contentEncoding: encodings.join(', ') }),
    metadata,
  };
}

function objectHeaders(head: ObjectHead): Record<string, string> {
  const metadata = Object.entries(head.metadata).map(
    ([name, value]) => [`x-amz-meta-${name}`, value] as const,
  );
  return {
    etag: `"${head.etag}"`,
    'content-type': head.contentType,
    ...(head.contentEncoding === undefined ? {} : { 'content-encoding': head.contentEncoding }),
    'last-modified': new Date(head.lastModifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    ...Object.fromEntries(metadata),
  };
}

function sendXml(response: ServerResponse, statusCode: number, xml: string): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) })
    .end(xml);
}

function fail(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  options: S3ServerOptions,
): void {
  const known = error instanceof S3Error ? error : new S3Error(500, 'InternalError', reasonOf(error));
  if (known.statusCode === 500) options.onError(`The S3 engine failed: ${known.message}`);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // What is left of a refused body is not read, so the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  const body = errorDocument(known, String(response.getHeader('x-amz-request-id') ?? ''));
  if (request.method === 'HEAD') response.writeHead(known.statusCode).end();
  else sendXml(response, known.statusCode, body);
}
