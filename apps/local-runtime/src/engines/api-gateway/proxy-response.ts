import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { NameValue } from './api-request.js';
import { GatewayFailure } from './gateway-failure.js';
import { isObject, type JsonObject } from './json-value.js';
import { isBinary, mediaTypeOf } from './media-types.js';

/** What goes back to the client. */
export interface ApiResponse {
  readonly statusCode: number;
  readonly headers: readonly NameValue[];
  readonly body: Buffer;
}

/**
 * Headers that the gateway sets itself; a function's own value goes out under another name.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'www-authenticate',
]);

/**
 * Reads the answer of a proxied function, format version 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 * @param accept the request's `Accept`, which decides with the binary media types whether a base64 body is decoded.
 * @throws GatewayFailure 502 when the answer is malformed.
 */
export function proxyResponse(
  payload: string,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): ApiResponse {
  const answer = parseAnswer(payload);
  const statusCode = Number(answer['statusCode']);
  const body = answer['body'] ?? '';
  const encoded = answer['isBase64Encoded'] ?? false;
  const validStatus = Number.isInteger(statusCode) && statusCode >= 100 && statusCode <= 599;
  if (answer['statusCode'] === null || typeof answer['statusCode'] === 'boolean' || !validStatus)
    throw malformed();
  if (typeof body !== 'string' || typeof encoded !== 'boolean') throw malformed();
  const headers = mergedHeaders(answer);
  const contentType = headers.find((header) => header.name.toLowerCase() === 'content-type')?.value;
  if (contentType === undefined) headers.push({ name: 'Content-Type', value: 'application/json' });
  const decode =
    encoded &&
    (isBinary(binaryMediaTypes, mediaTypeOf(accept?.split(',')[0])) ||
      isBinary(binaryMediaTypes, mediaTypeOf(contentType)));
  if (!headers.every(isSendable)) throw malformed();
  return { statusCode, headers: headers.map(remap), body: Buffer.from(body, decode ? 'base64' : 'utf8') };
}

function parseAnswer(payload: string): JsonObject {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    throw malformed();
  }
  if (!isObject(answer)) throw malformed();
  return answer;
}

/** Both header maps together; where a header is in both, the multi-value form counts. */
function mergedHeaders(answer: JsonObject): NameValue[] {
  const merged: NameValue[] = [];
  const multi = answer['multiValueHeaders'] ?? {};
  const single = answer['headers'] ?? {};
  if (!isObject(multi) || !isObject(single)) throw malformed();
  const multiNames = new Set(Object.keys(multi).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(single)) {
    if (!multiNames.has(name.toLowerCase())) merged.push({ name, value: headerValue(value) });
  }
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values)) throw malformed();
    for (const value of values) merged.push({ name, value: headerValue(value) });
  }
  return merged;
}

function headerValue(value: unknown): string {
  if (value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw malformed();
  return String(value);
}

/** A name or value with characters that HTTP does not allow cannot be sent. */
function isSendable(header: NameValue): boolean {
  try {
    validateHeaderName(header.name);
    validateHeaderValue(header.name, header.value);
    return true;
  } catch {
    return false;
  }
}

function remap(header: NameValue): NameValue {
  return remapped.has(header.name.toLowerCase())
    ? { ...header, name: `x-amzn-Remapped-${header.name}` }
    : header;
}

function malformed(): GatewayFailure {
  return new GatewayFailure('DEFAULT_5XX', { statusCode: 502 });
}
