import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RunningCloud } from '../boot/boot-context.js';
import { portInUse } from '../boot/port-in-use.js';
import type { TokenIssuer } from '../engines/issuer/token-issuer.js';
import { prometheusText } from '../engines/logs/metric-sums.js';
import { reasonOf, systemCode } from '../runtime-error.js';
import { html, json, problem, type Answer, type FileAnswer } from './answer.js';
import { answerFaults } from './fault-routes.js';
import { dashboardConfiguration, dashboardFile, answerToken } from './dashboard-routes.js';
import type { DashboardFiles } from './dashboard-files.js';
import { answerReplay } from './replay-routes.js';
import { answerCalls, answerRoles } from './role-routes.js';
import { answerInvocation, isInvocation } from './lambda-routes.js';
import { infoPage } from './info-page.js';
import type { RuntimeStatus } from './runtime-status.js';
import { answerSegmentPut, answerTraces, isSegmentPut, isTraceRoute } from './trace-routes.js';

export interface InfoServerOptions {
  readonly cloud: RunningCloud;
  readonly issuer: TokenIssuer;
  readonly port: number;
  /** The page at `/`; without it, what runs where is told there, as always at `/runtime`. */
  readonly dashboard?: DashboardFiles;
  status(): Promise<RuntimeStatus>;
}

/**
 * Serves what is known about the running pipeline, on the loopback interface alone: the dashboard and a token for it, a page
 * of what runs where, its status, metrics, traces, the calls and roles of functions, the issuer's keys, the fault injection,
 * the replay of streams, and the invocation of functions.
 *
 * @throws RuntimeError `port_in_use`.
 */
export async function startInfoServer(options: InfoServerOptions): Promise<void> {
  const server = createServer((request, response) => {
    answer(options, request).then(
      (result) => send(response, result),
      (error: unknown) => send(response, problem(500, 'internal_error', reasonOf(error))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(systemCode(error) === 'EADDRINUSE' ? portInUse(options.port, error) : error),
    );
    server.listen({ port: options.port, host: '127.0.0.1' }, () => resolve());
  });
  options.cloud.shutdown.add(
    'The info server',
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
}

async function answer(options: InfoServerOptions, request: IncomingMessage): Promise<Answer | FileAnswer> {
  const url = new URL(request.url ?? '/', 'http://info.local');
  if (url.pathname === '/faults') return answerFaults(options.cloud.faults?.injector, request);
  if (isSegmentPut(url)) return answerSegmentPut(options.cloud, request);
  if (url.pathname === '/replays') return answerReplay(options.cloud, request);
  if (url.pathname === '/token') return answerToken(options.issuer, request);
  if (isInvocation(url)) return answerInvocation(options.cloud.functions, request, url);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, 'method_not_allowed', 'Only GET is answered here.');
  }
  const accept = request.headers.accept ?? '';
  switch (url.pathname) {
    case '/':
      return accept.includes('text/html') ? page(options) : json((await options.status()).urls);
    case '/runtime':
      return runtimePage(options);
    case '/dashboard.json':
      return dashboardConfiguration(options.cloud.analyticsUrl ?? null);
    case '/status':
      return json(await options.status());
    case '/metrics':
      return metrics(options.cloud, accept);
    case '/calls':
      return answerCalls(options.cloud);
    case '/roles':
      return answerRoles(options.cloud);
    case '/.well-known/jwks.json':
      return json(options.issuer.jwks());
    case '/.well-known/openid-configuration':
      return json(options.issuer.configuration());
    default:
      return isTraceRoute(url)
        ? answerTraces(options.cloud.traces, url, accept)
        : (fileOfPage(options, url.pathname) ?? nothingAt(url.pathname));
  }
}

async function page(options: InfoServerOptions): Promise<Answer | FileAnswer> {
  return fileOfPage(options, '/') ?? runtimePage(options);
}

async function runtimePage(options: InfoServerOptions): Promise<Answer> {
  return html(infoPage(await options.status()));
}

function fileOfPage({ dashboard, cloud }: InfoServerOptions, path: string): FileAnswer | undefined {
  return dashboardFile(dashboard, path, cloud.analyticsUrl ?? null);
}

function nothingAt(path: string): Answer {
  return problem(404, 'not_found', `There is nothing at ${path}.`);
}

/** Prometheus asks for `text/plain`, or for OpenMetrics with `text/plain` as its second choice. */
function metrics(cloud: RunningCloud, accept: string): Answer {
  const sums = cloud.logs.metrics.list();
  if (/text\/plain|openmetrics/.test(accept)) {
    return {
      statusCode: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      body: prometheusText(sums),
    };
  }
  return json({ items: sums, refusedSamples: cloud.logs.metrics.refusedSamples() });
}

function send(
  response: ServerResponse,
  { statusCode, contentType, body, headers }: Answer | FileAnswer,
): void {
  response
    .writeHead(statusCode, {
      ...headers,
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    })
    .end(body);
}
