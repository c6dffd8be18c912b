import { createResponseCheck, readDocument } from '@weir/contract-check';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

type Serve<More extends unknown[]> = (
  event: APIGatewayProxyEvent,
  ...more: More
) => Promise<APIGatewayProxyResult>;

/**
 * The same handler, but an answer that the contract does not allow fails the test that asked for it.
 *
 * @param contractFile path of the OpenAPI document
 */
export function underContract<More extends unknown[]>(contractFile: string, serve: Serve<More>): Serve<More> {
  const document = readDocument(contractFile);
  const check = createResponseCheck(document);
  return async (event, ...more) => {
    const result = await serve(event, ...more);
    const violations = check({
      method: event.httpMethod,
      resource: event.resource in document.paths ? event.resource : undefined,
      status: result.statusCode,
      headers: Object.fromEntries(
        Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      body: result.body,
    });
    if (violations.length === 0) return result;
    const asked = `${event.httpMethod} ${event.resource} (${result.statusCode})`;
    throw new Error(`The contract does not allow this answer to ${asked}: ${violations.join('; ')}`);
  };
}
