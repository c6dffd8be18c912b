import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { reasonOf } from '../runtime-error.js';
import type { CallDecision } from './call-decision.js';
import {
  closeServer,
  EngineCalls,
  listenOnLoopback,
  readable,
  readCall,
  resetConnection,
  sendAnswer,
  type EngineAnswer,
  type EngineRequest,
} from './engine-calls.js';
import { failEntries } from './failed-entries.js';
import { operationOf, s3OperationOf, type FaultedCall, type FaultedService } from './faulted-call.js';
import { throttleAnswer } from './throttle-answer.js';

/** Who called, from the path that the worker's endpoint URL begins with. */
export interface Caller {
  readonly functionName: string;
  readonly workerId: string;
}

export interface EngineProxyOptions {
  readonly service: FaultedService;
  readonly engineUrl: string;
  /** What is answered in place of the engine, which then does not see the call; undefined where it may pass. */
  admit(call: FaultedCall, request: EngineRequest): EngineAnswer | undefined;
  decide(call: FaultedCall): CallDecision;
  /** A decision has come to pass. */
  applied(call: FaultedCall, decision: CallDecision, details: object): void;
  kill(caller: Caller): void;
  /** Something that was meant to reach the engine after its caller was answered did not. */
  onTrouble(message: string): void;
}

export interface EngineProxy {
  /** What a worker of a function takes for the engine's URL. */
  endpointOf(caller: Caller): string;
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface that hands calls on to an engine and makes some of them fail. An engine that
 * does not answer is, for the caller, a connection that is reset.
 */
export async function startEngineProxy(options: EngineProxyOptions): Promise<EngineProxy> {
  const proxy = new Proxying(options);
  const server = createServer((request, response) => {
    proxy.serve(request, response).catch((error: unknown) => {
      options.onTrouble(`A call to ${options.service} failed in between: ${reasonOf(error)}`);
      resetConnection(request);
    });
  });
  const port = await listenOnLoopback(server);
  return {
    endpointOf: ({ functionName, workerId }) =>
      `http://127.0.0.1:${port}/${encodeURIComponent(functionName)}/${encodeURIComponent(workerId)}`,
    close: async () => {
      proxy.close();
      await closeServer(server);
    },
  };
}

class Proxying {
  private readonly engine: EngineCalls;
  private readonly late = new Set<NodeJS.Timeout>();

  constructor(private readonly options: EngineProxyOptions) {
    this.engine = new EngineCalls(options.engineUrl);
  }

  close(): void {
    for (const timer of this.late) clearTimeout(timer);
    this.engine.close();
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { caller, path } = splitPath(incoming.url ?? '/');
    const { service } = this.options;
    const operation =
      service === 's3' ? s3OperationOf(incoming.method ?? '', path) : operationOf(incoming.headers);
    const call = { service, operation, functionName: caller.functionName };
    const request = await readCall(incoming, path);
    if (request === undefined) return;
    const refusal = this.options.admit(call, request);
    if (refusal !== undefined) return sendAnswer(response, refusal);
    const decision = this.options.decide(call);
    if (decision.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, decision.delayMs));
    await this.fulfil({ incoming, response, caller, call, request, decision });
  }

  private async fulfil(exchange: Exchange): Promise<void> {
    const { call, decision, incoming } = exchange;
    const { fault } = decision;
    const applied = (details: object = {}): void => this.options.applied(call, decision, details);
    switch (fault?.kind) {
      case undefined:
        if (decision.delayMs > 0) applied();
        return this.pass(exchange);
      case 'loseRequest':
        applied();
        return resetConnection(incoming);
      case 'loseResponse':
        applied();
        await this.tryForward(exchange);
        return resetConnection(incoming);
      case 'arriveLate':
        applied({ lateMs: fault.delayMs });
        resetConnection(incoming);
        return this.forwardLater(exchange, fault.delayMs);
      case 'duplicate':
        applied({ copyAfterMs: fault.delayMs });
        await this.pass(exchange);
        return this.forwardLater(exchange, fault.delayMs);
      case 'throttle':
        applied();
        return refuse(exchange, fault.variant);
      case 'killCaller':
        applied({ moment: fault.moment });
        if (fault.moment === 'after') await this.tryForward(exchange);
        this.options.kill(exchange.caller);
        return resetConnection(incoming);
      case 'failEntries':
        return this.passPartly(exchange, fault.fails);
    }
  }

  private async pass(exchange: Exchange): Promise<void> {
    const answer = await this.tryForward(exchange);
    if (answer === undefined) resetConnection(exchange.incoming);
    else sendAnswer(exchange.response, answer);
  }

  private async passPartly(exchange: Exchange, fails: (entryIndex: number) => boolean): Promise<void> {
    const partial = failEntries(exchange.call.operation, exchange.request.body, fails);
    if (partial === undefined) return this.pass(exchange);
    let answer: EngineAnswer | undefined = emptyAnswer;
    if (partial.request !== undefined) {
      const request = { ...readable(exchange.request), body: partial.request };
      answer = await this.tryForward({ ...exchange, request });
    }
    if (answer === undefined) return resetConnection(exchange.incoming);
    if (answer.statusCode !== 200) return sendAnswer(exchange.response, answer);
    this.options.applied(exchange.call, exchange.decision, { failedEntries: partial.failedEntries });
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    const contentType = exchange.request.headers['content-type'];
    const body = partial.merge(partial.request === undefined ? undefined : answer.body);
    sendAnswer(exchange.response, {
      statusCode: 200,
      headers: { 'content-type': contentType, ...headers },
      body,
    });
  }

  /** Undefined when the engine did not answer, because it is just being started again. */
  private async tryForward({ request }: Exchange): Promise<EngineAnswer | undefined> {
    try {
      return await this.engine.send(request);
    } catch {
      return undefined;
    }
  }

  private forwardLater({ request, call }: Exchange, delayMs: number): void {
    const timer = setTimeout(() => {
      this.late.delete(timer);
      this.engine.send(request).catch((error: unknown) => {
        this.options.onTrouble(
          `A late ${call.operation} of ${call.functionName} did not reach ${call.service}: ${reasonOf(error)}`,
        );
      });
    }, delayMs);
    this.late.add(timer);
  }
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly call: FaultedCall;
  readonly request: EngineRequest;
  readonly decision: CallDecision;
}

const emptyAnswer: EngineAnswer = { statusCode: 200, headers: {}, body: Buffer.alloc(0) };

/** `/function/worker/rest` as {@link EngineProxy.endpointOf} begins it. */
function splitPath(url: string): { caller: Caller; path: string } {
  const [, functionName = '', workerId = '', rest = ''] = /^\/([^/?]+)\/([^/?]+)(.*)$/.exec(url) ?? [];
  const caller = {
    functionName: decodeURIComponent(functionName),
    workerId: decodeURIComponent(workerId),
  };
  return { caller, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function refuse({ call, response }: Exchange, variant: number): void {
  const { statusCode, contentType, body } = throttleAnswer(call.service, variant);
  sendAnswer(response, { statusCode, headers: { 'content-type': contentType }, body: Buffer.from(body) });
}
