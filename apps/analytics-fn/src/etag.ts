import { createHash } from 'node:crypto';

/** The strong entity tag of a body: equal bodies have equal tags, and others do not. */
export function etagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}

/**
 * Whether an `If-None-Match` header names the tag: `*`, or a list of tags, compared weakly
 * (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2).
 */
export function namesEtag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return (ifNoneMatch.match(/"[^"]*"/g) ?? []).some((tag) => tag === etag);
}
