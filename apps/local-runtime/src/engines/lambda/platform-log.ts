/**
 * The lines that Lambda itself writes around an invocation in the text log format.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */

export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly memoryUsedBytes: number;
  /** Time to load the function, on a cold start. */
  readonly initMs: number | undefined;
  readonly traceRoot: string | undefined;
  readonly segmentId: string | undefined;
  /** Set when the service ended the invocation: `timeout`, or `error` with its type. */
  readonly status: 'timeout' | 'error' | undefined;
  readonly errorType: string | undefined;
}

export function reportLine(report: InvocationReport): string {
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(report.durationMs + (report.initMs ?? 0))} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${Math.ceil(report.memoryUsedBytes / 1_048_576)} MB`,
  ];
  if (report.initMs !== undefined) fields.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
  if (report.traceRoot !== undefined && report.segmentId !== undefined) {
    fields.push(`XRAY TraceId: ${report.traceRoot}`, `SegmentId: ${report.segmentId}`, 'Sampled: true');
  }
  if (report.status !== undefined) fields.push(`Status: ${report.status}`);
  if (report.errorType !== undefined) fields.push(`Error Type: ${report.errorType}`);
  return fields.join('\t');
}
