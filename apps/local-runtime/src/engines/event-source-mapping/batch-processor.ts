import { randomUUID } from 'node:crypto';
import type { InvokeResult } from '../lambda/lambda-function.js';
import { backoffMs, type BackoffLimits } from './backoff.js';
import type { Bell } from './bell.js';
import { invocationRecord, invocationRecordKey, type DiscardedBatch } from './invocation-record.js';
import { readBatchResponse } from './partial-batch-response.js';
import { batchEvent, type StreamRecord } from './stream-record.js';

/**
 * Metrics of the group `EventCount`, in records, as CloudWatch has them.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export type EventCountMetric =
  | 'PolledEventCount'
  | 'InvokedEventCount'
  | 'FailedInvokeEventCount'
  | 'DroppedEventCount'
  | 'OnFailureDestinationDeliveredEventCount';

/** `DestinationDeliveryFailures` is a metric of the function, and counts invocation records. */
export type MappingMetric = EventCountMetric | 'DestinationDeliveryFailures';

export interface BatchProcessorOptions {
  readonly mappingUuid: string;
  readonly functionArn: string;
  readonly streamArn: string;
  readonly reportBatchItemFailures: boolean;
  readonly bisectBatchOnFunctionError: boolean;
  /** -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  /** Infinity: until the stream drops them. */
  readonly maximumRecordAgeMs: number;
  /** How long the stream keeps records. */
  readonly retentionMs: number;
  readonly backoff: BackoffLimits;
  clock(): number;
  random(): number;
  invoke(payload: string): Promise<InvokeResult>;
  onFailure: ((record: object, key: string) => Promise<void>) | undefined;
  count(metric: MappingMetric, value: number): void;
  /** Told at each sending how long ago the last of the records arrived. */
  tellAge(ageMs: number): void;
  log(message: string, fields?: object): void;
  /** True once the mapping closes: nothing is begun any more. */
  stopped(): boolean;
}

/** A run of records that are invoked together, with what has already been tried with them. */
interface Portion {
  readonly records: readonly StreamRecord[];
  /** Retries used up, of MaximumRetryAttempts. */
  readonly retries: number;
  readonly invokeCount: number;
  readonly last: InvokeResult | undefined;
}

const deliveryAttemptsMax = 5;

/**
 * Brings one batch to its end, in order: processed, or discarded after its retries or its age, with a record sent to the
 * on-failure destination. A failed batch is halved where bisecting is on, which uses up no retry; throttling and a service that
 * is not there use up none either.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export class BatchProcessor {
  constructor(
    private readonly options: BatchProcessorOptions,
    private readonly shardId: string,
    private readonly bell: Bell,
    private readonly onDone: (records: readonly StreamRecord[]) => void,
  ) {}

  /** Returns early, with records left unfinished, only when the mapping closes. */
  async process(batch: readonly StreamRecord[]): Promise<void> {
    const portions: Portion[] = [{ records: batch, retries: 0, invokeCount: 0, last: undefined }];
    let refusals = 0;
    for (let portion = portions.shift(); portion !== undefined; portion = portions.shift()) {
      const current = await this.withoutExpired(portion);
      if (current === undefined) continue;
      if (this.options.stopped()) return;
      const result = await this.invoke(current);
      if (this.options.stopped() && result === undefined) return;
      if (result === undefined) {
        refusals += 1;
        portions.unshift(current);
        await this.pause(refusals - 1);
        continue;
      }
      refusals = 0;
      const next = await this.settle(
        { ...current, invokeCount: current.invokeCount + 1, last: result },
        result,
      );
      portions.unshift(...next);
    }
  }

  /** Invokes the function; undefined when it was not run at all: throttled, or out of reach. */
  private async invoke(portion: Portion): Promise<InvokeResult | undefined> {
    const { options } = this;
    let result: InvokeResult;
    const last = portion.records.at(-1);
    if (last !== undefined) options.tellAge(Math.max(0, options.clock() - last.arrivalMs));
    try {
      result = await options.invoke(batchEvent(portion.records));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      options.log('The function could not be invoked', { shardId: this.shardId, reason });
      options.count('FailedInvokeEventCount', portion.records.length);
      return undefined;
    }
    if (result.statusCode === 429 || result.statusCode === 500) {
      options.count('FailedInvokeEventCount', portion.records.length);
      return undefined;
    }
    options.count('InvokedEventCount', portion.records.length);
    return result;
  }

  /** What remains to be invoked after an answer. */
  private async settle(portion: Portion, result: InvokeResult): Promise<Portion[]> {
    const { options } = this;
    const { records } = portion;
    const outcome =
      result.functionError !== undefined || result.statusCode !== 200
        ? ({ kind: 'failure', reason: result.payload.slice(0, 500) } as const)
        : options.reportBatchItemFailures
          ? readBatchResponse(
              result.payload,
              records.map((record) => record.sequenceNumber),
            )
          : ({ kind: 'success' } as const);
    if (outcome.kind === 'success') {
      this.onDone(records);
      return [];
    }
    const failedFrom = outcome.kind === 'failedFrom' ? outcome.index : 0;
    const rest = records.slice(failedFrom);
    if (failedFrom > 0) this.onDone(records.slice(0, failedFrom));
    options.count('FailedInvokeEventCount', rest.length);
    options.log('A batch failed', {
      shardId: this.shardId,
      batchSize: records.length,
      fromSequenceNumber: rest[0]?.sequenceNumber,
      reason: outcome.kind === 'failure' ? outcome.reason : 'reported by the function',
      requestId: result.requestId,
    });
    return this.afterFailure({ ...portion, records: rest }, failedFrom > 0);
  }

  private async afterFailure(portion: Portion, progressed: boolean): Promise<Portion[]> {
    const { options } = this;
    const { records } = portion;
    if (options.bisectBatchOnFunctionError) {
      // Split at the reported record: what is left comes again at once.
      if (progressed) return [portion];
      if (records.length > 1) {
        const middle = Math.ceil(records.length / 2);
        return [
          { ...portion, records: records.slice(0, middle) },
          { ...portion, records: records.slice(middle) },
        ];
      }
    }
    const { maximumRetryAttempts } = options;
    if (maximumRetryAttempts >= 0 && portion.retries >= maximumRetryAttempts) {
      await this.discard(portion, 'RetryAttemptsExhausted');
      return [];
    }
    await this.pause(portion.retries);
    return [{ ...portion, retries: portion.retries + 1 }];
  }

  /** Discards the records at the front that are too old; undefined when none is left. */
  private async withoutExpired(portion: Portion): Promise<Portion | undefined> {
    const { maximumRecordAgeMs, retentionMs } = this.options;
    const oldestMs = this.options.clock() - Math.min(maximumRecordAgeMs, retentionMs);
    const firstFresh = portion.records.findIndex((record) => record.arrivalMs >= oldestMs);
    if (firstFresh === 0) return portion;
    const expired = firstFresh < 0 ? portion.records : portion.records.slice(0, firstFresh);
    await this.discard({ ...portion, records: expired }, 'RecordAgeExceeded');
    return firstFresh < 0 ? undefined : { ...portion, records: portion.records.slice(firstFresh) };
  }

  private async discard(portion: Portion, condition: DiscardedBatch['condition']): Promise<void> {
    const { options, shardId } = this;
    const { records, last } = portion;
    const fields = {
      shardId,
      condition,
      batchSize: records.length,
      startSequenceNumber: records[0]?.sequenceNumber,
      endSequenceNumber: records.at(-1)?.sequenceNumber,
    };
    options.log('Records are discarded', fields);
    const nowMs = options.clock();
    const document = invocationRecord({
      records,
      condition,
      requestId: last?.requestId ?? randomUUID(),
      functionArn: options.functionArn,
      invokeCount: portion.invokeCount,
      response:
        last === undefined ? undefined : { statusCode: last.statusCode, functionError: last.functionError },
      shardId,
      streamArn: options.streamArn,
      nowMs,
    });
    const key = invocationRecordKey(options.mappingUuid, shardId, nowMs, randomUUID());
    const outcome = await this.deliver(document, key);
    if (outcome === 'interrupted') return;
    const hasExpired = condition === 'RecordAgeExceeded' && options.retentionMs < options.maximumRecordAgeMs;
    if (outcome === 'delivered') options.count('OnFailureDestinationDeliveredEventCount', records.length);
    // What the stream itself no longer keeps is not counted.
    else if (!hasExpired) options.count('DroppedEventCount', records.length);
    this.onDone(records);
  }

  /**
   * Sends the record to the destination. When that fails for good the records are lost, as on AWS, and said so; but not when the
   * mapping closes meanwhile: then they are left for the next start.
   */
  private async deliver(document: object, key: string): Promise<'delivered' | 'lost' | 'interrupted'> {
    const { options } = this;
    if (options.onFailure === undefined) return 'lost';
    for (let attempt = 0; attempt < deliveryAttemptsMax; attempt += 1) {
      try {
        await options.onFailure(document, key);
        return 'delivered';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        options.log('The on-failure destination did not take an invocation record', { key, reason });
      }
      if (options.stopped()) return 'interrupted';
      await this.pause(attempt);
    }
    options.log('An invocation record is lost: its destination failed for good', { key });
    options.count('DestinationDeliveryFailures', 1);
    return 'lost';
  }

  private pause(attempt: number): Promise<void> {
    if (this.options.stopped()) return Promise.resolve();
    return this.bell.wait(backoffMs(attempt, this.options.backoff, () => this.options.random()));
  }
}
