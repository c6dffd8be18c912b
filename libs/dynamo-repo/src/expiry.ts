/**
 * Time to live, in epoch seconds: rounded up, so that nothing expires before its time.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export function expiryOf(nowMs: number, ttlMs: number): number {
  return Math.ceil((nowMs + ttlMs) / 1000);
}

/** The second that expiry times are compared with: what expires at it or before it has expired. */
export function expirySecond(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}

/** DynamoDB deletes an expired item some time later, so until then it is there and must be taken as absent. */
export function isExpired(item: Readonly<Record<string, unknown>>, nowMs: number): boolean {
  return typeof item.expiresAt === 'number' && item.expiresAt <= expirySecond(nowMs);
}
