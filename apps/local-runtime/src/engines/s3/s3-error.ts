import { element } from './xml.js';

/**
 * An error answer of S3.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export class S3Error extends Error {
  override readonly name = 'S3Error';

  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function noSuchKey(): S3Error {
  return new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
}

export function noSuchBucket(): S3Error {
  return new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
}

/** What S3 can do and this engine cannot: said by name, never ignored. */
export function notImplemented(what: string): S3Error {
  return new S3Error(501, 'NotImplemented', `The local S3 does not implement ${what}.`);
}

/** The body of an error: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function errorDocument(
  { code, message }: { readonly code: string; readonly message: string },
  requestId: string,
): string {
  const members = element('Code', code) + element('Message', message) + element('RequestId', requestId);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${members}</Error>`;
}
