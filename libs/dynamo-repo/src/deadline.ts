import { TransientStoreError } from './ports.js';
import type { WorkContext } from './ports.js';

/**
 * No request begins once the deadline has passed.
 *
 * @throws TransientStoreError naming the operation.
 */
export function assertTimeLeft(operation: string, work: WorkContext, nowMs: number): void {
  if (nowMs >= work.deadlineMs) {
    throw new TransientStoreError(`${operation}: the deadline has passed`);
  }
}
