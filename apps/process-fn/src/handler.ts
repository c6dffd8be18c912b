import { instrument } from '@weir/observability';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { compose } from './compose.js';
import { processBatch } from './process-batch.js';
import { reportBatch } from './report-batch.js';
import { traceBatch } from './trace-batch.js';
import { batchResponseOf, recordsOf } from './transport.js';

const { config, observability, ports, settings, batchTracing } = compose(process.env);

/** Takes a batch of the stream and answers with the records that must be delivered again. */
export const handler = instrument<KinesisStreamEvent, KinesisStreamBatchResponse>(
  observability,
  async (event, context) => {
    const deadlineMs = ports.clock() + context.getRemainingTimeInMillis() - config.deadlineMarginMs;
    const startMs = ports.clock();
    const records = recordsOf(event);
    const by = {
      name: context.functionName,
      arn: context.invokedFunctionArn,
      version: context.functionVersion,
      requestId: context.awsRequestId,
    };
    const report = await traceBatch(records, by, observability, batchTracing, () =>
      processBatch(records, deadlineMs, ports, settings),
    );
    reportBatch(records, report, ports.clock() - startMs, observability);
    return batchResponseOf(report.unfinished);
  },
);
