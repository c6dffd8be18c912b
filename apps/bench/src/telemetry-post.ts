import type { APIGatewayProxyEvent } from 'aws-lambda';

/** What API Gateway makes of a POST of readings by somebody who may write. */
export function telemetryPost(body: string): APIGatewayProxyEvent {
  return {
    resource: '/v1/telemetry',
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    isBase64Encoded: false,
    requestContext: {
      requestId: '00000000-0000-0000-0000-000000000000',
      authorizer: { principalId: 'gateway', scope: 'telemetry:write', exp: '4102444800' },
    },
  } as unknown as APIGatewayProxyEvent;
}
