/**
 * What the pipeline may rely on in S3, seen through the AWS SDK.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { startS3Server, type S3Server } from './s3-server.js';

const Bucket = 'archive';
let folder: string;
let server: S3Server;
let client: S3Client;

async function start(): Promise<void> {
  server = await startS3Server({ folder, buckets: [Bucket], port: 0, onError: () => undefined });
  client = new S3Client({
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await server.close();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-s3-'));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function put(
  Key: string,
  Body: PutObjectCommandInput['Body'],
  more: Partial<PutObjectCommandInput> = {},
) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
}

async function read(Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

async function list(input: Partial<ListObjectsV2CommandInput> = {}) {
  return client.send(new ListObjectsV2Command({ Bucket, ...input }));
}

describe('objects', () => {
  it('come back byte for byte, with what was said about them', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    await put('a/b.bin', bytes, {
      ContentType: 'application/x-test',
      ContentEncoding: 'gzip',
      Metadata: { reason: 'late' },
    });
    const found = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b.bin' }));
    expect(Buffer.from((await found.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(found).toMatchObject({
      ContentType: 'application/x-test',
      ContentEncoding: 'gzip',
      Metadata: { reason: 'late' },
      ContentLength: 70_000,
    });
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'a/b.bin' }))).toMatchObject({
      ContentLength: 70_000,
      ETag: found.ETag,
    });
  });

  it('are files under their own names', async () => {
    await put('envelopes/2026/11/22/x.gz', 'content');
    expect(readFileSync(join(folder, Bucket, 'envelopes', '2026', '11', '22', 'x.gz'), 'utf8')).toBe(
      'content',
    );
  });

  it('arrive as streams in chunks with a checksum behind them', async () => {
    const chunks = ['one ', 'two ', 'three'];
    await put('stream', Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { ContentLength: 13 });
    expect(await read('stream')).toBe('one two three');
    expect(
      (await client.send(new HeadObjectCommand({ Bucket, Key: 'stream' }))).ContentEncoding,
    ).toBeUndefined();
  });

  it('are replaced as a whole, and survive a restart', async () => {
    await put('key', 'old and long', { ContentType: 'text/plain' });
    await put('key', 'new', { ContentType: 'text/csv' });
    await stop();
    await start();
    expect(await read('key')).toBe('new');
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'key' }))).ContentType).toBe('text/csv');
  });

  it('can be empty, and read in part', async () => {
    await put('empty', '', { ContentLength: 0 });
    expect(await read('empty')).toBe('');
    await put('digits', '0123456789');
    const part = async (Range: string): Promise<string> => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
      return (await Body?.transformToString()) ?? '';
    };
    expect([await part('bytes=2-4'), await part('bytes=7-'), await part('bytes=-2')]).toEqual([
      '234',
      '789',
      '89',
    ]);
    await expect(part('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('are written once with If-None-Match', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await read('once')).toBe('first');
  });

  it('can be deleted, again and again', async () => {
    await put('a/b/c', 'x');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/b/c' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/b/c' }));
    await expect(read('a/b/c')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(existsSync(join(folder, Bucket, 'a'))).toBe(false);
  });

  it.each([
    '../../escape',
    'a/../b',
    'a//b',
    'a/',
    'ü ñ/日本/%2F?#&<>"',
    "it's (1)!*~+=:@$,;",
    '.',
    'a\u0001b',
  ])('may have the key %j', async (Key) => {
    await put(Key, `at ${Key}`);
    expect(await read(Key)).toBe(`at ${Key}`);
    expect(
      (await list({ EncodingType: 'url' })).Contents?.map((object) => decodeURIComponent(object.Key ?? '')),
    ).toEqual([Key]);
    expect(existsSync(join(folder, '..', 'escape'))).toBe(false);
  });
});

describe('listings', () => {
  const keys = ['a', 'b/1', 'b/2', 'b/c/3', 'b0', 'd'];
  beforeEach(async () => {
    for (const key of keys) await put(key, key);
  });

  it('are in the order of the bytes of the keys', async () => {
    expect((await list()).Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect((await list({ Prefix: 'b/' })).Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2', 'b/c/3']);
    expect((await list({ Prefix: 'b' })).KeyCount).toBe(4);
    expect((await list({ StartAfter: 'b/2' })).Contents?.map(({ Key }) => Key)).toEqual(['b/c/3', 'b0', 'd']);
    expect((await list({ Prefix: 'zzz/' })).KeyCount).toBe(0);
  });

  it('roll up what follows a delimiter', async () => {
    const page = await list({ Delimiter: '/' });
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['a', 'b0', 'd']);
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/']);
  });

  it.each([{}, { Delimiter: '/' }])('give every entry exactly once over their pages: %j', async (input) => {
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ ...input, MaxKeys: 1, ContinuationToken });
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).toEqual('Delimiter' in input ? ['a', 'b/', 'b0', 'd'] : keys);
  });

  it('know size and ETag', async () => {
    const [first] = (await list()).Contents ?? [];
    expect(first).toMatchObject({ Size: 1, ETag: '"0cc175b9c0f1b6a831c399e269772661"' });
  });

  it('refuse a token of another kind', async () => {
    await expect(list({ ContinuationToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('faults', () => {
  it('have the codes of S3', async () => {
    await expect(read('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(client.send(new GetObjectCommand({ Bucket: 'other', Key: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await client.send(new HeadBucketCommand({ Bucket }));
    await expect(put('key', 'body', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(put('x'.repeat(300), 'body')).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it('name what is not implemented', async () => {
    const response = await fetch(`${server.endpoint}/${Bucket}/key?uploads`, { method: 'POST' });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('<Code>NotImplemented</Code>');
  });

  it('refuse broken chunks, and keep the object as it was', async () => {
    await put('key', 'kept');
    const response = await fetch(`${server.endpoint}/${Bucket}/key`, {
      method: 'PUT',
      headers: {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'content-encoding': 'aws-chunked',
      },
      body: '5\r\nhel',
    });
    expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
    expect(await read('key')).toBe('kept');
  });

  it('cannot hold a key and another below it', async () => {
    await put('a', 'x');
    await expect(put('a/b', 'y')).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(await read('a')).toBe('x');
  });
});
