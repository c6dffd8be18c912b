import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '@weir/metric-names';
import type { Context } from 'aws-lambda';
import type { LoadTracer } from './load-tracer.js';
import { Tracing } from './tracing.js';

/** The three instruments of a function. Namespace, level and sampling come from Powertools' own environment variables. */
export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/**
 * Makes a function's instruments, once a cold start.
 *
 * @param service the function's name, a dimension of all its metrics
 * @param stage the deployment stage, likewise
 * @param options without `loadTracer`, for a function so small that the tracer would outweigh it, traces show Lambda's own
 * segment and nothing inside it
 */
export function createObservability(
  service: string,
  stage: string,
  { loadTracer }: { readonly loadTracer?: LoadTracer } = {},
): Observability {
  const logger = new Logger({ serviceName: service, persistentLogAttributes: { stage } });
  return {
    logger,
    metrics: new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service, defaultDimensions: { stage } }),
    tracing: new Tracing({
      serviceName: service,
      loadTracer,
      onTrouble: (error) => logger.warn('Invocations are not traced.', error),
    }),
  };
}

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * Surrounds a handler with its instruments: log lines carry the request, its trace and the function's version, the work is
 * a subsegment of the function's trace, metrics are written when it ends however it ends, and an escaping error is logged
 * and rethrown.
 *
 * @param isAnswer tells errors by which a handler answers, as an authorizer does: they are no failures, and not logged
 */
export function instrument<Event, Result>(
  { logger, metrics, tracing }: Observability,
  handler: Handler<Event, Result>,
  isAnswer: (error: unknown) => boolean = () => false,
): Handler<Event, Result> {
  return async (event, context) => {
    logger.addContext(context);
    logger.appendKeys({ function_version: context.functionVersion });
    try {
      return await tracing.invocation(() => handler(event, context));
    } catch (error) {
      if (!isAnswer(error)) logger.error('The handler failed.', error as Error);
      throw error;
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  };
}
