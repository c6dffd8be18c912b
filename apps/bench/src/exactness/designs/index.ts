import type { Design } from '../design.js';
import { idempotencyBatch } from './idempotency-batch.js';
import { idempotencyRecord } from './idempotency-record.js';
import { putAndAdd } from './put-and-add.js';
import { shardWatermark } from './shard-watermark.js';
import { transaction } from './transaction.js';
import { weir } from './weir.js';

/** In the order in which they are shown. */
export const DESIGNS: readonly Design[] = [
  putAndAdd,
  idempotencyRecord,
  idempotencyBatch,
  transaction,
  shardWatermark,
  weir,
];
