import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate, inflateRaw } from 'node:zlib';
import { GatewayFailure } from './gateway-failure.js';

const bodyBytesMax = 10 * 1024 * 1024;
const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };
const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);
const inflateRawAsync = promisify(inflateRaw);

export type ContentCoding = 'gzip' | 'deflate';

/**
 * Undoes the content coding of a request body.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html
 * @throws GatewayFailure 415 for another coding or a body that is not in its coding, 413 when it inflates beyond 10 MB.
 */
export async function decodeBody(body: Buffer, coding: string | undefined): Promise<Buffer> {
  const name = coding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return body;
  try {
    if (name === 'gzip') return await gunzipAsync(body, { maxOutputLength: bodyBytesMax });
    if (name === 'deflate') return await inflateEither(body);
  } catch (error) {
    if (isTooLarge(error)) throw new GatewayFailure('REQUEST_TOO_LARGE');
    throw new GatewayFailure('UNSUPPORTED_MEDIA_TYPE');
  }
  throw new GatewayFailure('UNSUPPORTED_MEDIA_TYPE');
}

function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}

/** `deflate` means zlib's format, yet some clients send the bare stream: RFC 9110 section 8.4.1.2. */
async function inflateEither(body: Buffer): Promise<Buffer> {
  const isZlib = ((body[0] ?? 0) & 0x0f) === 8 && body.length >= 2 && body.readUInt16BE(0) % 31 === 0;
  return isZlib
    ? inflateAsync(body, { maxOutputLength: bodyBytesMax })
    : inflateRawAsync(body, { maxOutputLength: bodyBytesMax });
}

/** The coding that a client accepts explicitly; a bare `*` or no header means no compression, as on API Gateway. */
export function acceptedCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  for (const part of (acceptEncoding ?? '').split(',')) {
    const [name, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (!refused && (name === 'gzip' || name === 'deflate')) return name;
  }
  return undefined;
}

export function encodeBody(body: Buffer, coding: ContentCoding): Promise<Buffer> {
  return compressors[coding](body);
}
