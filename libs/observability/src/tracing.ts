import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { LoadTracer } from './load-tracer.js';
import { formatTraceHeader, parseTraceHeader, type TraceContext } from './trace-header.js';

export interface TracingOptions {
  /** Annotates everything that is recorded. */
  readonly serviceName: string;
  /** Absent where there is nothing to record below Lambda's own segment. */
  readonly loadTracer?: LoadTracer | undefined;
  /** Read anew for every invocation: Lambda keeps the trace in `_X_AMZN_TRACE_ID`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told once why nothing is recorded. */
  readonly onTrouble: (error: Error) => void;
}

type Annotations = Readonly<Record<string, string | number | boolean>>;

/**
 * Powertools' Tracer for the invocations that are sampled. It and the X-Ray SDK below it are loaded when the first of them
 * comes, so that a cold start without one does not pay for them. `POWERTOOLS_TRACE_ENABLED=false` turns all of it off.
 */
export class Tracing {
  private readonly clients: object[] = [];
  private loading: Promise<Tracer | undefined> | undefined;
  /** Set while a sampled invocation runs. */
  private tracer: Tracer | undefined;
  private cold = true;

  constructor(private readonly options: TracingOptions) {}

  /** From now on, calls of this client are subsegments of sampled invocations. Returns the client. */
  captureClient<Client extends object>(client: Client): Client {
    this.clients.push(client);
    return client;
  }

  /** The trace of the running invocation: Lambda's own segment is the parent. Undefined where nothing is traced. */
  context(): TraceContext | undefined {
    const environment = this.options.environment ?? process.env;
    if (environment['POWERTOOLS_TRACE_ENABLED']?.toLowerCase() === 'false') return undefined;
    return parseTraceHeader(environment['_X_AMZN_TRACE_ID']);
  }

  /** Surrounds one invocation. What escapes `work` is recorded as its error and thrown on. */
  async invocation<Result>(work: () => Promise<Result>): Promise<Result> {
    const { cold } = this;
    this.cold = false;
    this.tracer = await this.tracerIfSampled();
    if (this.tracer === undefined) return work();
    try {
      return await this.subsegment('## handler', async () => {
        this.annotate({ ColdStart: cold, Service: this.options.serviceName });
        return work();
      });
    } finally {
      this.tracer = undefined;
    }
  }

  /**
   * Does a piece of work as a subsegment of the current one.
   *
   * @param work gets the trace context to hand on, as in the header `X-Amzn-Trace-Id`, with the new subsegment as the parent;
   * undefined where nothing is traced. Of a trace that is not sampled it says so
   */
  async subsegment<Result>(
    name: string,
    work: (traceHeader: string | undefined) => Promise<Result>,
  ): Promise<Result> {
    const { tracer } = this;
    const parent = tracer?.getSegment();
    if (tracer === undefined || parent === undefined) return work(this.header());
    const segment = parent.addNewSubsegment(name);
    tracer.setSegment(segment);
    const traceId = this.context()?.traceId;
    try {
      return await work(
        traceId === undefined
          ? undefined
          : formatTraceHeader({ traceId, parentId: segment.id, sampled: true }),
      );
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      throw error;
    } finally {
      segment.close();
      tracer.setSegment(parent);
    }
  }

  /** Adds searchable values to the current subsegment. Keys are of letters, digits and underscores. */
  annotate(annotations: Annotations): void {
    for (const [key, value] of Object.entries(annotations)) this.tracer?.putAnnotation(key, value);
  }

  /** Adds a value that is only shown. */
  describe(key: string, value: unknown): void {
    this.tracer?.putMetadata(key, value, 'weir');
  }

  private header(): string | undefined {
    const context = this.context();
    return context && formatTraceHeader(context);
  }

  private async tracerIfSampled(): Promise<Tracer | undefined> {
    const { loadTracer } = this.options;
    if (loadTracer === undefined || this.context()?.sampled !== true) return undefined;
    this.loading ??= this.load(loadTracer);
    return this.loading;
  }

  /** Whatever is wrong with the tracer, the invocation goes on without it. */
  private async load(loadTracer: LoadTracer): Promise<Tracer | undefined> {
    try {
      const tracer = await loadTracer(this.options.serviceName);
      if (!tracer.isTracingEnabled()) return undefined;
      for (const client of this.clients) tracer.captureAWSv3Client(client);
      return tracer;
    } catch (error) {
      this.options.onTrouble(error as Error);
      return undefined;
    }
  }
}
