import type { Tracer } from '@aws-lambda-powertools/tracer';

/** Loads what records the work of a function below Lambda's own segment. */
export type LoadTracer = (serviceName: string) => Promise<Tracer>;

/**
 * Loads Powertools' Tracer, and the X-Ray SDK below it. It is handed to `createObservability` rather than known there, so
 * that the bundle of a function without subsegments has nothing of either.
 */
export const loadTracer: LoadTracer = async (serviceName) => {
  const { Tracer } = await import('@aws-lambda-powertools/tracer');
  return new Tracer({ serviceName });
};
