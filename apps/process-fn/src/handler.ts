import { instrument } from '@weir/observability';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { compose } from './compose.js';
import { processBatch } from './process-batch.js';
import { reportBatch } from './report-batch.js';
import { batchResponseOf, recordsOf } from './transport.js';

const { config, observability, ports, settings } = compose(process.env);

/** Takes a batch of the stream and answers with the records that must be delivered again. */
export const handler = instrument<KinesisStreamEvent, KinesisStreamBatchResponse>(
  observability,
  async (event, context) => {
    const deadlineMs = ports.clock() + context.getRemainingTimeInMillis() - config.deadlineMarginMs;
    const report = await processBatch(recordsOf(event), deadlineMs, ports, settings);
    reportBatch(report, observability);
    return batchResponseOf(report.unfinished);
  },
);
