import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { LambdaHandler } from '../bundles.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';

export type Api = LambdaHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** A request of somebody who may read everything. */
export interface Question {
  readonly resource: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** All pages of an answer. */
export interface AnswerSize {
  /** Of the function's answer, before compression. */
  readonly answerBytes: number;
  /** Readings, windows or devices that were answered. */
  readonly answered: number;
  /** Pages that it took, at the size asked for. */
  readonly pages: number;
}

/** Asks for page after page. */
export async function askAll(question: Question, api: Api): Promise<AnswerSize> {
  let answerBytes = 0;
  let answered = 0;
  let pages = 0;
  let cursor: string | undefined;
  do {
    const query = { ...question.query, ...(cursor === undefined ? {} : { cursor }) };
    const body = await callApi('GET', { ...question, query }, api);
    const page = JSON.parse(body) as { items?: unknown[]; windows?: unknown[]; nextCursor?: string };
    answerBytes += Buffer.byteLength(body);
    answered += (page.items ?? page.windows ?? [page]).length;
    pages += 1;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { answerBytes, answered, pages };
}

/** @throws Error where the answer is no success */
export async function callApi(
  httpMethod: string,
  question: Question,
  api: Api,
  body?: string,
): Promise<string> {
  const answer = await api(apiEvent(httpMethod, question, body), LAMBDA_CONTEXT);
  if (answer.statusCode >= 300)
    throw new Error(`${httpMethod} ${question.resource}: ${answer.statusCode} ${answer.body}`);
  return answer.body;
}

/** What API Gateway makes of a request. */
export function apiEvent(
  httpMethod: string,
  { resource, path, query = {} }: Question,
  body?: string,
): APIGatewayProxyEvent {
  return {
    resource,
    path: resource,
    httpMethod,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    pathParameters: path ?? null,
    queryStringParameters: query,
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, [value]]),
    ),
    body: body ?? null,
    isBase64Encoded: false,
    requestContext: {
      requestId: '00000000-0000-0000-0000-000000000000',
      authorizer: { principalId: 'reader', scope: 'telemetry:read devices:write', exp: '4102444800' },
    },
  } as unknown as APIGatewayProxyEvent;
}
