import { S3Error } from './s3-error.js';

/** The longest file name that common file systems take, in bytes. */
const segmentBytesMax = 255;

/** Characters that stand for themselves in file names, so that the folder of a bucket reads like its keys. */
const plainCharacters = /[^A-Za-z0-9!'()*~\-_.=:+,@&$; ]/gu;

/**
 * The path of an object's file within its bucket's folder, as segments: `a/b c/..` becomes `['a', 'b c', '%2E%2E']`.
 * The mapping is one to one, and no key leads out of the folder.
 *
 * @throws S3Error `KeyTooLongError` for a segment that is too long for a file name.
 */
export function objectPath(key: string): string[] {
  const segments = key.split('/').map(encodeSegment);
  if (Buffer.byteLength(key) > 1024 || segments.some((segment) => segment.length > segmentBytesMax)) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  }
  return segments;
}

/** The inverse of `objectPath` for one segment. */
export function decodeSegment(name: string): string {
  return name === '%' ? '' : decodeURIComponent(name);
}

function encodeSegment(segment: string): string {
  if (segment === '') return '%';
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E');
  return segment.replace(plainCharacters, (character) => encodeURIComponent(character));
}
