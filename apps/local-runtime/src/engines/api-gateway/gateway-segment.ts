import type { ApiIdentity } from './request-context.js';

export interface GatewaySegmentInput {
  readonly api: ApiIdentity;
  readonly segmentId: string;
  readonly traceRoot: string;
  readonly parentId: string | undefined;
  readonly requestId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly method: string;
  readonly url: string;
  readonly userAgent: string | undefined;
  readonly sourceIp: string;
  readonly statusCode: number;
  readonly responseBytes: number;
}

/**
 * The segment that a stage with active tracing sends for a sampled request. Times are epoch seconds.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-services-apigateway.html
 */
export function gatewaySegment(input: GatewaySegmentInput): object {
  const { api, statusCode } = input;
  return {
    name: `${api.name}/${api.stageName}`,
    id: input.segmentId,
    trace_id: input.traceRoot,
    ...(input.parentId === undefined ? {} : { parent_id: input.parentId }),
    start_time: input.startMs / 1000,
    end_time: input.endMs / 1000,
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: `arn:aws:apigateway:${api.region}::/restapis/${api.apiId}/stages/${api.stageName}`,
    http: {
      request: {
        method: input.method,
        url: input.url,
        client_ip: input.sourceIp,
        ...(input.userAgent === undefined ? {} : { user_agent: input.userAgent }),
        x_forwarded_for: true,
      },
      response: { status: statusCode, content_length: input.responseBytes },
    },
    ...(statusCode >= 500 ? { fault: true } : statusCode >= 400 ? { error: true } : {}),
    ...(statusCode === 429 ? { throttle: true } : {}),
    aws: {
      api_gateway: {
        account_id: api.accountId,
        rest_api_id: api.apiId,
        stage: api.stageName,
        request_id: input.requestId,
      },
    },
  };
}
