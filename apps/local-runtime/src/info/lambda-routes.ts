import type { IncomingMessage } from 'node:http';
import type { RunningCloud } from '../boot/boot-context.js';
import type { LambdaFunction } from '../engines/lambda/lambda-function.js';
import { payloadBytesMax } from '../engines/lambda/payload-limit.js';
import { isNamed } from '../faults/fault-plan.js';
import { reasonOf } from '../runtime-error.js';
import type { Answer } from './answer.js';
import { readBody } from './request-body.js';

/** `X-Amz-Log-Result` has the end of the log. */
const logTailBytesMax = 4 * 1024;

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export function isInvocation(url: URL): boolean {
  return invocationPath.test(url.pathname);
}

/**
 * The operation Invoke of Lambda's API, synchronous or as a dry run. A function is named by its name, its ARN or the end of its
 * name. The AWS CLI and SDKs find it with this server as endpoint.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function answerInvocation(
  functions: RunningCloud['functions'],
  request: IncomingMessage,
  url: URL,
): Promise<Answer> {
  // A page of some web site may send requests to this port, with an origin; the CLI and SDKs send none.
  if (request.headers.origin !== undefined) {
    return failure(403, 'AccessDeniedException', 'Functions are not invoked for web pages.');
  }
  if (request.method !== 'POST')
    return failure(405, 'MethodNotAllowedException', 'Only POST is answered here.');
  const name = decodeURIComponent(invocationPath.exec(url.pathname)?.[1] ?? '');
  const lambda = findFunction(functions, name);
  if (lambda === undefined) {
    const known = [...functions.keys()].join(', ');
    return failure(404, 'ResourceNotFoundException', `Function not found: ${name}. There are: ${known}.`);
  }
  const qualifier = url.searchParams.get('Qualifier') ?? '$LATEST';
  if (qualifier !== '$LATEST') {
    return failure(404, 'ResourceNotFoundException', `Function not found: ${lambda.arn}:${qualifier}`);
  }
  const payload = await readBody(request, payloadBytesMax);
  if (payload === undefined) {
    return failure(413, 'RequestTooLargeException', `A payload has at most ${payloadBytesMax} bytes.`);
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { statusCode: 204, contentType: 'application/json', body: '' };
  if (type !== 'RequestResponse') {
    const message = `The invocation type ${String(type)} is not supported: functions run synchronously here.`;
    return failure(400, 'InvalidParameterValueException', message);
  }
  return invoke(lambda, request, payload === '' ? '{}' : payload);
}

/** The function with a name or ARN, or the only one whose name ends so. */
function findFunction(functions: RunningCloud['functions'], name: string): LambdaFunction | undefined {
  const all = [...functions.values()];
  const exact = all.find(({ functionName, arn }) => functionName === name || arn === name);
  const [only, ...others] = all.filter(({ functionName }) => isNamed(functionName, name));
  return exact ?? (others.length === 0 ? only : undefined);
}

async function invoke(lambda: LambdaFunction, request: IncomingMessage, payload: string): Promise<Answer> {
  try {
    JSON.parse(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${reasonOf(error)}`;
    return failure(400, 'InvalidRequestContentException', message);
  }
  const traceHeader = request.headers['x-amzn-trace-id'];
  const log: string[] = [];
  const result = await lambda.invoke(payload, {
    ...(typeof traceHeader === 'string' ? { traceHeader } : {}),
    onLog: ({ message }) => log.push(`${message}\n`),
  });
  const tail = Buffer.from(log.join('')).subarray(-logTailBytesMax);
  return {
    statusCode: result.statusCode,
    contentType: 'application/json',
    body: result.payload,
    headers: {
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError === undefined ? {} : { 'x-amz-function-error': result.functionError }),
      ...(result.statusCode === 200 ? {} : { 'x-amzn-errortype': errorTypes[result.statusCode] }),
      ...(request.headers['x-amz-log-type'] === 'Tail'
        ? { 'x-amz-log-result': tail.toString('base64') }
        : {}),
    },
  };
}

const errorTypes = {
  413: 'RequestTooLargeException',
  429: 'TooManyRequestsException',
  500: 'ServiceException',
} as const;

function failure(statusCode: number, type: string, message: string): Answer {
  return {
    statusCode,
    contentType: 'application/json',
    body: `${JSON.stringify({ Type: 'User', Message: message })}\n`,
    headers: { 'x-amzn-errortype': type },
  };
}
