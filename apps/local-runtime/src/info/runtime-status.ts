import type { EngineStatus, RunningCloud } from '../boot/boot-context.js';
import type { DeliveryStatus } from '../engines/firehose/delivery-stream.js';
import { reasonOf } from '../runtime-error.js';

/** What `GET /status` answers. */
export interface RuntimeStatus {
  readonly ready: boolean;
  readonly urls: {
    readonly info: string;
    readonly ingest: string | null;
    readonly analytics: string | null;
  };
  /** All event source mappings together; null while it cannot be told. `records` 0: all that was put is processed. */
  readonly stream: { readonly records: number; readonly iteratorAgeMs: number } | null;
  readonly mappings: readonly MappingStatus[];
  readonly functions: readonly { readonly name: string; readonly workerPids: readonly number[] }[];
  readonly engines: Readonly<Record<string, EngineStatus>>;
  readonly deliveries: readonly ({ readonly name: string } & DeliveryStatus)[];
  /** Responses so far that the contract of their API does not allow; the log tells each. */
  readonly contractViolations: number;
  /** Calls so far that the role of their function does not allow; the log tells each kind once. */
  readonly refusedCalls: number;
  readonly dataDirectory: string;
  readonly pid: number;
}

export interface MappingStatus {
  readonly stream: string;
  readonly function: string;
  readonly records?: number;
  readonly iteratorAgeMs?: number;
  /** Why the lag cannot be told at the moment. */
  readonly problem?: string;
}

/** Asks everything that runs for its state. */
export async function readStatus(
  cloud: RunningCloud,
  infoUrl: string,
  ready: boolean,
): Promise<RuntimeStatus> {
  const mappings = await Promise.all(
    cloud.mappings.map(async ({ streamName, functionName, lag }): Promise<MappingStatus> => {
      const names = { stream: streamName, function: functionName };
      try {
        return { ...names, ...(await lag()) };
      } catch (error) {
        return { ...names, problem: reasonOf(error) };
      }
    }),
  );
  const engines = [...cloud.engines].map(([name, engine]) => [name, engine()] as const);
  return {
    ready,
    urls: { info: infoUrl, ingest: cloud.ingestUrl ?? null, analytics: cloud.analyticsUrl ?? null },
    stream: streamLag(mappings, ready),
    mappings,
    functions: [...cloud.functions.values()].map((lambda) => ({
      name: lambda.functionName,
      workerPids: lambda.workerPids(),
    })),
    engines: Object.fromEntries(engines),
    deliveries: cloud.deliveries.map((delivery) => ({
      name: delivery.deliveryStreamName,
      ...delivery.status(),
    })),
    contractViolations: cloud.contractViolations,
    refusedCalls: cloud.calls?.refusedCount() ?? 0,
    dataDirectory: cloud.options.dataDir,
    pid: process.pid,
  };
}

function streamLag(mappings: readonly MappingStatus[], ready: boolean): RuntimeStatus['stream'] {
  if (!ready || mappings.some(({ records }) => records === undefined)) return null;
  return {
    records: mappings.reduce((total, { records = 0 }) => total + records, 0),
    iteratorAgeMs: Math.max(0, ...mappings.map(({ iteratorAgeMs = 0 }) => iteratorAgeMs)),
  };
}
