import { newSegmentId } from './trace-header.js';
import type { FunctionErrorPayload } from './worker-protocol.js';

export interface FunctionSegmentInput {
  readonly functionName: string;
  readonly functionArn: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly segmentId: string;
  readonly initializationId: string;
  readonly invocationId: string;
  readonly traceRoot: string;
  readonly parentId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  /** How long loading the function took, when this invocation had to wait for it. */
  readonly initMs: number | undefined;
  readonly error: FunctionErrorPayload | undefined;
}

/**
 * The segment of origin `AWS::Lambda::Function` that the Lambda service sends for a sampled invocation; the function's own
 * subsegments name it as their parent. Times are epoch seconds.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export function functionSegment(input: FunctionSegmentInput): object {
  const failed = input.error === undefined ? {} : { fault: true, cause: cause(input.error) };
  const invocationStartMs = input.startMs + (input.initMs ?? 0);
  const subsegments: object[] = [];
  if (input.initMs !== undefined) {
    subsegments.push({
      name: 'Initialization',
      id: input.initializationId,
      start_time: input.startMs / 1000,
      end_time: invocationStartMs / 1000,
      aws: { function_arn: input.functionArn },
    });
  }
  subsegments.push({
    name: 'Invocation',
    id: input.invocationId,
    start_time: invocationStartMs / 1000,
    end_time: input.endMs / 1000,
    aws: { function_arn: input.functionArn },
    ...(input.error === undefined ? {} : { fault: true }),
  });
  return {
    name: input.functionName,
    id: input.segmentId,
    trace_id: input.traceRoot,
    ...(input.parentId === undefined ? {} : { parent_id: input.parentId }),
    start_time: input.startMs / 1000,
    end_time: input.endMs / 1000,
    origin: 'AWS::Lambda::Function',
    resource_arn: input.functionArn,
    http: { response: { status: 200 } },
    aws: {
      account_id: input.accountId,
      function_arn: input.functionArn,
      request_id: input.requestId,
      resource_names: [input.functionName],
      cloudwatch_logs: [{ log_group: `/aws/lambda/${input.functionName}` }],
    },
    ...failed,
    subsegments,
  };
}

function cause(error: FunctionErrorPayload): object {
  return { exceptions: [{ id: newSegmentId(), type: error.errorType, message: error.errorMessage }] };
}
