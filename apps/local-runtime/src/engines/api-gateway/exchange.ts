import { randomBytes, randomUUID } from 'node:crypto';
import type { InvokeResult } from '../lambda/lambda-function.js';
import { payloadBytesMax } from '../lambda/payload-limit.js';
import { formatTraceHeader, newSegmentId, newTraceRoot, parseTraceHeader } from '../lambda/trace-header.js';
import type { ApiModel, LambdaIntegration, MockIntegration } from './api-model.js';
import { headerOf, withHeader, type ApiRequest } from './api-request.js';
import type { ResponseCheck } from '@weir/contract-check';
import type { Authorizers } from './authorizer.js';
import { acceptedCoding, decodeBody, encodeBody } from './content-coding.js';
import { contractViolation, type ContractViolation } from './contract-watch.js';
import { GatewayFailure } from './gateway-failure.js';
import { gatewayResponse } from './gateway-responses.js';
import { gatewaySegment } from './gateway-segment.js';
import { proxyEvent } from './proxy-event.js';
import { proxyResponse, type ApiResponse } from './proxy-response.js';
import { requestContext, type ApiIdentity } from './request-context.js';
import type { RequestValidator } from './request-validator.js';
import { renderParameter, renderTemplate, type TemplateValues } from './response-template.js';
import type { MatchedRoute, RouteTable } from './route-table.js';
import type { Throttle } from './throttle.js';

/** Everything an exchange needs of its API. */
export interface ExchangeSetup {
  readonly api: ApiIdentity;
  readonly model: ApiModel;
  readonly routes: RouteTable;
  readonly validator: RequestValidator;
  readonly authorizers: Authorizers;
  readonly throttle: Throttle;
  readonly tracingEnabled: boolean;
  /** Share of the requests without a sampling decision that are traced, 0 to 1. */
  readonly samplingRate: number;
  clock(): number;
  random(): number;
  invoke(functionArn: string, payload: string, options: { traceHeader: string }): Promise<InvokeResult>;
  onSegment(segment: object): void;
  onAccessLog(entry: object): void;
  /** Absent: nothing says what may be answered. */
  readonly checkResponse: ResponseCheck | undefined;
  onContractViolation(violation: ContractViolation): void;
}

interface Trace {
  readonly root: string;
  readonly parent: string | undefined;
  readonly segmentId: string | undefined;
  readonly header: string;
}

/** One request and its response. */
export class Exchange {
  private readonly ids = {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(10).toString('base64url')}=`,
  };
  private readonly receivedMs: number;
  private readonly trace: Trace;
  private request: ApiRequest;
  private matched: MatchedRoute | undefined;
  private context: Record<string, unknown>;
  private failure: GatewayFailure | undefined;
  private integrationMs: number | undefined;
  private integrationStatus: number | undefined;

  constructor(
    private readonly setup: ExchangeSetup,
    request: ApiRequest,
  ) {
    this.receivedMs = setup.clock();
    this.trace = traceOf(setup, headerOf(request.headers, 'x-amzn-trace-id'));
    this.request = { ...request, headers: withHeader(request.headers, 'X-Amzn-Trace-Id', this.trace.header) };
    this.matched = setup.routes.find(request.method, request.path);
    this.context = requestContext(setup.api, this.request, this.ids, this.receivedMs, this.matched?.route);
  }

  /**
   * Answers the request. Every failure becomes a gateway response.
   * @param earlyFailure what was already wrong when the request was read, such as its size.
   */
  async respond(earlyFailure?: GatewayFailure): Promise<ApiResponse> {
    let response: ApiResponse;
    try {
      if (earlyFailure !== undefined) throw earlyFailure;
      response = await this.process();
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error;
      this.failure = error;
      response = gatewayResponse(error, this.setup.model.gatewayResponses, this.templateValues());
    }
    response = this.withOwnHeaders(response);
    this.watch(response);
    response = await this.compress(response);
    this.record(response);
    return response;
  }

  private watch(response: ApiResponse): void {
    const { checkResponse } = this.setup;
    if (checkResponse === undefined) return;
    const resource = this.matched?.route.resourcePath;
    const violation = contractViolation(checkResponse, this.request, resource, response);
    if (violation !== undefined) this.setup.onContractViolation(violation);
  }

  private async process(): Promise<ApiResponse> {
    const { setup } = this;
    const { matched } = this;
    if (matched === undefined) throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN');
    if (setup.model.minimumCompressionSizeBytes !== undefined) await this.decode();
    const { route } = matched;
    if (!setup.throttle.admits(route.method, route.resourcePath)) throw new GatewayFailure('THROTTLED');
    if (route.authorizer !== undefined) {
      const authorizer = await setup.authorizers.authorize(route.authorizer, {
        request: this.request,
        matched,
        methodArn: this.methodArn(),
        requestContext: this.context,
        invoke: (functionArn, payload) => this.invoke(functionArn, payload, 29_000, 'AUTHORIZER_FAILURE'),
      });
      this.context = { ...this.context, authorizer };
    }
    setup.validator.check(this.request, matched);
    return route.integration.kind === 'mock'
      ? this.mock(route.integration)
      : this.proxy(route.integration, matched);
  }

  private async proxy(integration: LambdaIntegration, matched: MatchedRoute): Promise<ApiResponse> {
    const { binaryMediaTypes } = this.setup.model;
    const payload = JSON.stringify(proxyEvent(this.request, matched, this.context, binaryMediaTypes));
    if (Buffer.byteLength(payload) > payloadBytesMax) {
      throw new GatewayFailure('REQUEST_TOO_LARGE', { message: 'Request Too Long' });
    }
    const startMs = performance.now();
    const result = await this.invoke(
      integration.functionArn,
      payload,
      integration.timeoutMs,
      'INTEGRATION_TIMEOUT',
    ).finally(() => {
      this.integrationMs = Math.round(performance.now() - startMs);
    });
    this.integrationStatus = result.statusCode;
    if (result.statusCode === 413)
      throw new GatewayFailure('REQUEST_TOO_LARGE', { message: 'Request Too Long' });
    // A refused invocation is an integration failure, which reaches the client as 500; so does a throttled function (not 429).
    if (result.statusCode !== 200) throw new GatewayFailure('INTEGRATION_FAILURE', { statusCode: 500 });
    if (result.functionError !== undefined) throw new GatewayFailure('DEFAULT_5XX', { statusCode: 502 });
    return proxyResponse(result.payload, headerOf(this.request.headers, 'accept'), binaryMediaTypes);
  }

  private async invoke(
    functionArn: string,
    payload: string,
    timeoutMs: number,
    onTimeout: 'INTEGRATION_TIMEOUT' | 'AUTHORIZER_FAILURE',
  ): Promise<InvokeResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new GatewayFailure(onTimeout)), timeoutMs);
    });
    try {
      return await Promise.race([
        this.setup.invoke(functionArn, payload, { traceHeader: this.trace.header }),
        timeout,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  private mock(integration: MockIntegration): ApiResponse {
    const values = this.templateValues();
    const headers = [...integration.headers].flatMap(([name, expression]) => {
      const value = renderParameter(expression, values);
      return value === undefined ? [] : [{ name, value }];
    });
    const { template } = integration;
    const contentType = template?.contentType ?? 'application/json';
    return {
      statusCode: integration.statusCode,
      headers: headers.some(({ name }) => name.toLowerCase() === 'content-type')
        ? headers
        : [{ name: 'Content-Type', value: contentType }, ...headers],
      body: Buffer.from(template === undefined ? '' : renderTemplate(template.text, values)),
    };
  }

  /** The integration gets the body as it was before its coding, without the header that named it. */
  private async decode(): Promise<void> {
    const coding = headerOf(this.request.headers, 'content-encoding');
    if (coding === undefined) return;
    const body = await decodeBody(this.request.body, coding);
    const headers = this.request.headers.filter(
      ({ name }) => !['content-encoding', 'content-length'].includes(name.toLowerCase()),
    );
    this.request = {
      ...this.request,
      body,
      headers: withHeader(headers, 'Content-Length', String(body.length)),
    };
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html */
  private async compress(response: ApiResponse): Promise<ApiResponse> {
    const minimum = this.setup.model.minimumCompressionSizeBytes;
    const coding = acceptedCoding(headerOf(this.request.headers, 'accept-encoding'));
    if (minimum === undefined || coding === undefined || response.body.length < minimum) return response;
    if (response.body.length === 0 || headerOf(response.headers, 'content-encoding') !== undefined)
      return response;
    return {
      ...response,
      body: await encodeBody(response.body, coding),
      headers: [...response.headers, { name: 'Content-Encoding', value: coding }],
    };
  }

  private withOwnHeaders(response: ApiResponse): ApiResponse {
    return {
      ...response,
      headers: [
        ...response.headers,
        { name: 'x-amzn-RequestId', value: this.ids.requestId },
        { name: 'x-amz-apigw-id', value: this.ids.extendedRequestId },
        { name: 'X-Amzn-Trace-Id', value: this.trace.header },
      ],
    };
  }

  private templateValues(): TemplateValues {
    return {
      context: { ...this.context, xrayTraceId: this.trace.root },
      request: this.request,
      pathParameters: this.matched?.pathParameters ?? {},
    };
  }

  private methodArn(): string {
    const { api } = this.setup;
    const path = this.request.path.replace(/^\//, '');
    return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stageName}/${this.request.method}/${path}`;
  }

  private record(response: ApiResponse): void {
    const { setup, trace, context, request } = this;
    const endMs = setup.clock();
    setup.onAccessLog({
      ...this.ids,
      apiId: setup.api.apiId,
      stage: setup.api.stageName,
      ip: request.sourceIp,
      userAgent: headerOf(request.headers, 'user-agent') ?? null,
      requestTime: context['requestTime'],
      requestTimeEpoch: this.receivedMs,
      httpMethod: request.method,
      resourcePath: this.matched?.route.resourcePath ?? null,
      path: request.path,
      protocol: request.protocol,
      status: response.statusCode,
      responseLength: response.body.length,
      responseLatency: endMs - this.receivedMs,
      integrationLatency: this.integrationMs ?? null,
      integrationStatus: this.integrationStatus ?? null,
      authorizer: context['authorizer'] ?? null,
      errorMessage: this.failure?.responseMessage ?? null,
      errorResponseType: this.failure?.responseType ?? null,
      validationErrorString: this.failure?.validationErrorString ?? null,
      xrayTraceId: trace.root,
    });
    if (trace.segmentId === undefined) return;
    setup.onSegment(
      gatewaySegment({
        api: setup.api,
        segmentId: trace.segmentId,
        traceRoot: trace.root,
        parentId: trace.parent,
        requestId: this.ids.requestId,
        startMs: this.receivedMs,
        endMs,
        method: request.method,
        url: `http://${headerOf(request.headers, 'host') ?? ''}${request.path}`,
        userAgent: headerOf(request.headers, 'user-agent'),
        sourceIp: request.sourceIp,
        statusCode: response.statusCode,
        responseBytes: response.body.length,
      }),
    );
  }
}

/** Without tracing on the stage, a caller's header is handed on unchanged but for a missing root. */
function traceOf(setup: ExchangeSetup, incomingHeader: string | undefined): Trace {
  const incoming = parseTraceHeader(incomingHeader);
  const root = incoming?.root ?? newTraceRoot(setup.clock());
  const parent = incoming?.parent;
  if (!setup.tracingEnabled) {
    return { root, parent, segmentId: undefined, header: formatTraceHeader(incoming ?? { root }) };
  }
  const sampled = incoming?.sampled ?? setup.random() < setup.samplingRate;
  const segmentId = sampled ? newSegmentId() : undefined;
  const seenParent = segmentId ?? parent;
  const header = formatTraceHeader({
    root,
    ...(seenParent === undefined ? {} : { parent: seenParent }),
    sampled,
  });
  return { root, parent, segmentId, header };
}
