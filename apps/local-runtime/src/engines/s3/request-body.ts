import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.js';
import { decodeStreamingBody, verifyChecksums } from './streaming-body.js';

/** Far above what the pipeline writes; objects are held in memory while they are stored. */
export const objectBytesMax = 256 * 1024 * 1024;

/**
 * Reads the object in a request: the whole body, decoded when it is `aws-chunked`, and compared with its checksums.
 *
 * @throws S3Error `EntityTooLarge`, `IncompleteBody`, `BadDigest` or `NotImplemented`.
 */
export async function readObjectBody(request: IncomingMessage): Promise<Buffer> {
  const raw = await readAll(request);
  const streaming = /^STREAMING-/.test(headerText(request, 'x-amz-content-sha256') ?? '');
  const { body, trailers } = streaming ? decodeStreamingBody(raw) : { body: raw, trailers: {} };
  const decodedLength = headerText(request, 'x-amz-decoded-content-length');
  if (streaming && decodedLength !== undefined && Number(decodedLength) !== body.byteLength) {
    throw new S3Error(
      400,
      'IncompleteBody',
      'The request body has another length than x-amz-decoded-content-length.',
    );
  }
  const headers = Object.fromEntries(
    Object.keys(request.headers).map((name) => [name, headerText(request, name)]),
  );
  verifyChecksums(body, { ...headers, ...trailers });
  return body;
}

/** The value of a header, joined when it came several times. */
export function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > objectBytesMax) {
      throw new S3Error(
        400,
        'EntityTooLarge',
        `The local S3 takes objects of up to ${objectBytesMax} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
