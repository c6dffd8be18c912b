import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notImplemented, S3Error } from './s3-error.js';

/** A decoded request body with the checksums that came after it. */
export interface DecodedBody {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Decodes an `aws-chunked` body, as the SDK sends streams and checksums: chunks of `hex-size[;chunk-signature=…]`, the
 * bytes, an empty last chunk, then trailers. Signatures are not checked, since nothing is secret on one machine.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @throws S3Error `IncompleteBody` when the framing is broken.
 */
export function decodeStreamingBody(raw: Buffer): DecodedBody {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = raw.indexOf('\r\n', position);
    if (lineEnd < 0) throw incompleteBody();
    const header = raw.toString('latin1', position, lineEnd).split(';')[0] ?? '';
    if (!/^[0-9a-fA-F]{1,8}$/.test(header)) throw incompleteBody();
    const sizeBytes = Number.parseInt(header, 16);
    position = lineEnd + 2;
    if (sizeBytes === 0)
      return { body: Buffer.concat(chunks), trailers: parseTrailers(raw.toString('latin1', position)) };
    const chunkEnd = position + sizeBytes;
    if (raw.toString('latin1', chunkEnd, chunkEnd + 2) !== '\r\n') throw incompleteBody();
    chunks.push(raw.subarray(position, chunkEnd));
    position = chunkEnd + 2;
  }
}

function parseTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

function incompleteBody(): S3Error {
  return new S3Error(400, 'IncompleteBody', 'The chunks of the request body are broken.');
}

const digests: Readonly<Record<string, (body: Buffer) => string>> = {
  'content-md5': (body) => createHash('md5').update(body).digest('base64'),
  'x-amz-checksum-crc32': crc32Base64,
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest('base64'),
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest('base64'),
};

/**
 * Compares the body with every checksum sent along, in a header or a trailer.
 *
 * @throws S3Error `BadDigest` when one differs, `NotImplemented` for an algorithm without an implementation here.
 */
export function verifyChecksums(body: Buffer, fields: Readonly<Record<string, string | undefined>>): void {
  for (const [name, expected] of Object.entries(fields)) {
    if (expected === undefined) continue;
    const digest = digests[name];
    if (digest === undefined) {
      // `x-amz-checksum-algorithm` and `-type` name what the other fields hold.
      if (/^x-amz-checksum-(?!algorithm$|type$|mode$)/.test(name))
        throw notImplemented(`the checksum ${name}`);
      continue;
    }
    if (digest(body) !== expected) {
      throw new S3Error(400, 'BadDigest', `The ${name} you specified did not match what we received.`);
    }
  }
}

function crc32Base64(body: Buffer): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return value.toString('base64');
}
