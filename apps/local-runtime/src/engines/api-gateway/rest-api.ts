import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ResponseCheck } from '@weir/contract-check';
import type { InvokeResult } from '../lambda/lambda-function.js';
import type { ContractViolation } from './contract-watch.js';
import { parseQuery, parseRawHeaders, withHeader, type ApiRequest } from './api-request.js';
import { Authorizers } from './authorizer.js';
import { Exchange, type ExchangeSetup } from './exchange.js';
import { GatewayFailure } from './gateway-failure.js';
import { importOpenApi, type OpenApiBody } from './openapi-import.js';
import type { ApiResponse } from './proxy-response.js';
import { RequestValidator } from './request-validator.js';
import { RouteTable } from './route-table.js';
import { Throttle, type ThrottleLimit } from './throttle.js';

export type { OpenApiBody } from './openapi-import.js';
export type { ThrottleLimit } from './throttle.js';

export interface RestApiOptions {
  apiId: string;
  name: string;
  stageName: string;
  accountId: string;
  region: string;
  /** 0 takes a free port. */
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Resolved OpenAPI 3.0 document; functions stand in it as `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`. */
  body: OpenApiBody;
  /** Added to those of the body. */
  binaryMediaTypes?: string[];
  /** Goes before the one of the body. Undefined in both: requests are not inflated and responses not compressed. */
  minimumCompressionSizeBytes?: number;
  throttle?: ThrottleLimit;
  /** By `METHOD /resource/path` (method `*`: every method of the resource). */
  methodThrottles?: Record<string, ThrottleLimit>;
  tracingEnabled: boolean;
  /** Share of requests that are traced when the caller made no decision. Default 1. */
  samplingRate?: number;
  clock(): number;
  random(): number;
  invoke(functionArn: string, payload: string, options: { traceHeader: string }): Promise<InvokeResult>;
  onSegment?(segment: object): void;
  onAccessLog?(entry: object): void;
  /** Judges every response, the gateway's own included. */
  checkResponse?: ResponseCheck;
  onContractViolation?(violation: ContractViolation): void;
  /** How long `close()` lets running requests go on before it cuts their connections. Default 5 seconds. */
  drainMs?: number;
  /** Told of errors that no gateway response describes: a bug, or an `invoke` that rejects. The client gets a 500. */
  onInternalError?(error: unknown): void;
}

export interface RunningRestApi {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Takes no more requests, and waits for the running ones. */
  close(): Promise<void>;
}

const requestBytesMax = 10 * 1024 * 1024;

/**
 * Serves a REST API as API Gateway does behind a custom domain: paths have no stage prefix.
 * @throws ApiImportError when the body asks for something that is not supported here; Error when the port cannot be used.
 */
export async function startRestApi(options: RestApiOptions): Promise<RunningRestApi> {
  const setup = exchangeSetup(options);
  const server = createServer((incoming, outgoing) => {
    serve(setup, incoming, outgoing).catch((error: unknown) => {
      options.onInternalError?.(error);
      if (outgoing.headersSent) outgoing.destroy();
      else
        outgoing
          .writeHead(500, { 'Content-Type': 'application/json' })
          .end('{"message":"Internal server error"}');
    });
  });
  server.keepAliveTimeout = 65_000;
  server.requestTimeout = 60_000;
  const host = options.host ?? '127.0.0.1';
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, close: () => close(server, options.drainMs ?? 5_000) };
}

function exchangeSetup(options: RestApiOptions): ExchangeSetup {
  const imported = importOpenApi(options.body);
  const model = {
    ...imported,
    binaryMediaTypes: [...imported.binaryMediaTypes, ...(options.binaryMediaTypes ?? [])],
    minimumCompressionSizeBytes: options.minimumCompressionSizeBytes ?? imported.minimumCompressionSizeBytes,
  };
  const clock = (): number => options.clock();
  return {
    api: options,
    model,
    routes: new RouteTable(model.routes),
    validator: new RequestValidator(options.body, model.routes, model.binaryMediaTypes),
    authorizers: new Authorizers(clock),
    throttle: new Throttle(options.throttle, options.methodThrottles ?? {}, clock),
    tracingEnabled: options.tracingEnabled,
    samplingRate: options.samplingRate ?? 1,
    clock,
    random: () => options.random(),
    invoke: async (functionArn, payload, invokeOptions) => {
      try {
        return await options.invoke(functionArn, payload, invokeOptions);
      } catch (error) {
        // What the gateway cannot reach is an integration failure; the cause goes to whoever runs the gateway.
        options.onInternalError?.(error);
        return { statusCode: 500, payload: '', requestId: '' };
      }
    },
    onSegment: (segment) => options.onSegment?.(segment),
    onAccessLog: (entry) => options.onAccessLog?.(entry),
    checkResponse: options.checkResponse,
    onContractViolation: (violation) => options.onContractViolation?.(violation),
  };
}

async function serve(
  setup: ExchangeSetup,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === 'aborted') return;
  const tooLarge = body === 'tooLarge';
  const exchange = new Exchange(setup, apiRequest(incoming, tooLarge ? Buffer.alloc(0) : body));
  const response = await exchange.respond(tooLarge ? new GatewayFailure('REQUEST_TOO_LARGE') : undefined);
  send(outgoing, incoming.method === 'HEAD', response, tooLarge);
}

function apiRequest(incoming: IncomingMessage, body: Buffer): ApiRequest {
  const url = incoming.url ?? '/';
  const queryStart = url.indexOf('?');
  const sourceIp = (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  let headers = parseRawHeaders(incoming.rawHeaders);
  headers = withHeader(headers, 'X-Forwarded-For', sourceIp);
  headers = withHeader(headers, 'X-Forwarded-Port', String(incoming.socket.localPort ?? ''));
  headers = withHeader(headers, 'X-Forwarded-Proto', 'http');
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    path: queryStart < 0 ? url : url.slice(0, queryStart),
    query: queryStart < 0 ? [] : parseQuery(url.slice(queryStart + 1)),
    headers,
    body,
    sourceIp,
    protocol: `HTTP/${incoming.httpVersion}`,
  };
}

/** Reads the whole body, but no more than the gateway takes. */
function readBody(incoming: IncomingMessage): Promise<Buffer | 'tooLarge' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > requestBytesMax) {
        // The rest is read and thrown away, so that a client that does not listen while it sends still gets the answer.
        chunks.length = 0;
        resolve('tooLarge');
      } else {
        chunks.push(chunk);
      }
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', () => resolve('aborted'));
    incoming.on('close', () => resolve('aborted'));
  });
}

function send(
  outgoing: ServerResponse,
  isHead: boolean,
  response: ApiResponse,
  closeConnection: boolean,
): void {
  const byName = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const { name, value } of response.headers) {
    const entry = byName.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(value);
    byName.set(name.toLowerCase(), entry);
  }
  for (const { name, values } of byName.values())
    outgoing.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  outgoing.setHeader('Content-Length', response.body.length);
  if (closeConnection) outgoing.setHeader('Connection', 'close');
  outgoing.writeHead(response.statusCode);
  outgoing.end(isHead ? undefined : response.body);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection that answers its last request turns idle only then.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
