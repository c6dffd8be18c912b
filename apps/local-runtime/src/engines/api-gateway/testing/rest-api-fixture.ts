import { request } from 'node:http';
import type { InvokeResult } from '../../lambda/lambda-function.js';
import { startRestApi, type RestApiOptions, type RunningRestApi } from '../rest-api.js';

/** The URI by which an API names a function. */
export function functionUri(name: string): string {
  return `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:${name}/invocations`;
}

/** An operation that is proxied to a function. */
export function proxyTo(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    responses: {},
    'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: functionUri(name) },
    ...more,
  };
}

export interface FakeFunctions {
  readonly [name: string]: (event: Record<string, unknown>, traceHeader: string) => unknown;
}

/** Marks a fake function's answer as a whole invocation result. */
export function invokeResult(result: Partial<InvokeResult>): object {
  return { invokeResult: { statusCode: 200, payload: 'null', requestId: 'r', ...result } };
}

export interface TestApi extends RunningRestApi {
  readonly nowMs: { value: number };
  readonly segments: Record<string, unknown>[];
  readonly accessLog: Record<string, unknown>[];
  call(method: string, path: string, options?: CallOptions): Promise<CallResponse>;
}

export interface CallOptions {
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

export interface CallResponse {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly text: string;
  json(): Record<string, unknown>;
}

/** Starts an API on a free port in front of fake functions. */
export async function startTestApi(
  definition: Record<string, unknown>,
  functions: FakeFunctions,
  overrides: Partial<RestApiOptions> = {},
): Promise<TestApi> {
  const nowMs = { value: Date.UTC(2026, 2, 9, 4, 5, 6, 789) };
  const segments: Record<string, unknown>[] = [];
  const accessLog: Record<string, unknown>[] = [];
  const api = await startRestApi({
    apiId: 'abc123',
    name: 'test-api',
    stageName: 'live',
    accountId: '123456789012',
    region: 'eu-west-1',
    port: 0,
    body: { openapi: '3.0.3', info: { title: 'test', version: '1' }, ...definition },
    tracingEnabled: false,
    clock: () => nowMs.value,
    random: () => 0.5,
    invoke: async (functionArn, payload, { traceHeader }) => {
      const fake = functions[functionArn.split(':').at(-1) ?? ''];
      if (fake === undefined) throw new Error(`no function ${functionArn}`);
      const answer = await fake(JSON.parse(payload) as Record<string, unknown>, traceHeader);
      if (typeof answer === 'object' && answer !== null && 'invokeResult' in answer) {
        return answer.invokeResult as InvokeResult;
      }
      return { statusCode: 200, payload: JSON.stringify(answer), requestId: 'r' };
    },
    onSegment: (segment) => segments.push(segment as Record<string, unknown>),
    onAccessLog: (entry) => accessLog.push(entry as Record<string, unknown>),
    ...overrides,
  });
  return {
    ...api,
    nowMs,
    segments,
    accessLog,
    call: (method, path, options) => call(api.url, method, path, options),
  };
}

/** One request, without any header or decoding that a client library would add. */
export function call(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<CallResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url),
      { method, path, agent: false, headers: options.headers ?? {} },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          const text = body.toString('utf8');
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body,
            text,
            json: () => JSON.parse(text) as Record<string, unknown>,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
