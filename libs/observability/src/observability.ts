import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { METRIC_NAMESPACE } from '@weir/metric-names';
import type { Context } from 'aws-lambda';

/** The three instruments of a function. Namespace, level and sampling come from Powertools' own environment variables. */
export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/**
 * Makes a function's instruments, once a cold start.
 *
 * @param service the function's name, a dimension of all its metrics
 * @param stage the deployment stage, likewise
 */
export function createObservability(service: string, stage: string): Observability {
  return {
    logger: new Logger({ serviceName: service, persistentLogAttributes: { stage } }),
    metrics: new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service, defaultDimensions: { stage } }),
    tracer: new Tracer({ serviceName: service }),
  };
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * Surrounds a handler with its instruments: log lines carry the request, the work is a subsegment of the function's
 * trace, metrics are written when it ends however it ends, and an escaping error is logged and rethrown.
 */
export function instrument<Event, Result>(
  { logger, metrics, tracer }: Observability,
  handler: Handler<Event, Result>,
): Handler<Event, Result> {
  return async (event, context) => {
    logger.addContext(context);
    const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
    const segment = parent?.addNewSubsegment('## handler');
    if (segment !== undefined) tracer.setSegment(segment);
    tracer.annotateColdStart();
    tracer.addServiceNameAnnotation();
    try {
      return await handler(event, context);
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      logger.error('The handler failed.', error as Error);
      throw error;
    } finally {
      segment?.close();
      if (parent !== undefined) tracer.setSegment(parent);
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  };
}

/**
 * The trace context to hand on, as in the `X-Amzn-Trace-Id` header: the current segment becomes the parent. Undefined
 * where the function is not traced.
 */
export function currentTraceHeader(tracer: Tracer): string | undefined {
  const root = tracer.isTracingEnabled() ? tracer.getRootXrayTraceId() : undefined;
  if (root === undefined) return undefined;
  const parent = tracer.getSegment()?.id;
  return `Root=${root}${parent === undefined ? '' : `;Parent=${parent}`};Sampled=${tracer.isTraceSampled() ? 1 : 0}`;
}
