import { AsyncLocalStorage } from 'node:async_hooks';

/** One call of an AWS client, with its retries. Times are epoch milliseconds. */
export interface RecordedCall {
  /** As X-Ray names it: `DynamoDB`, `S3`. */
  readonly service: string;
  readonly operation: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly region: string | undefined;
  readonly tableName: string | undefined;
  readonly requestId: string | undefined;
  /** Status of the HTTP response, undefined where none came. */
  readonly status: number | undefined;
  /** Retries after the first attempt. */
  readonly retries: number;
  /** Name of the error that it ended with. */
  readonly errorName: string | undefined;
}

/** The calls that one piece of work made. */
export interface CallList {
  readonly calls: readonly RecordedCall[];
  /** Calls beyond the bound, which were not kept. */
  readonly omitted: number;
}

interface OpenCallList {
  readonly calls: RecordedCall[];
  omitted: number;
}

/** The part of an AWS client that the journal needs. */
interface CapturedClient {
  readonly config: { readonly region: string | (() => Promise<string>) };
  readonly middlewareStack: {
    add(middleware: unknown, options: { step: 'initialize'; priority: 'high'; name: string }): void;
  };
}

interface MiddlewareArguments {
  readonly input: object;
}

interface MiddlewareResult {
  readonly output?: { readonly $metadata?: ResponseMetadata };
}

interface ResponseMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

type Next = (args: MiddlewareArguments) => Promise<MiddlewareResult>;

const CALLS_MAX = 64;

/**
 * Keeps which piece of concurrent work made which calls of AWS clients, while it is open; closed, it costs next to nothing.
 * Holds the first 64 calls of each piece.
 */
export class CallJournal {
  private readonly current = new AsyncLocalStorage<OpenCallList>();
  private pieces: Map<string, OpenCallList> | undefined;

  constructor(private readonly clock: () => number) {}

  /** Notes the calls of this client from now on. Returns the client. */
  attach<Client extends object>(client: Client): Client {
    const { config, middlewareStack } = client as unknown as CapturedClient;
    const middleware =
      (next: Next, { clientName, commandName }: { clientName: string; commandName: string }) =>
      (args: MiddlewareArguments): Promise<MiddlewareResult> => {
        const list = this.current.getStore();
        if (list === undefined) return next(args);
        const names = {
          service: clientName.replace(/Client$/, ''),
          operation: commandName.replace(/Command$/, ''),
        };
        return this.note(list, names, args, config, next);
      };
    middlewareStack.add(middleware, { step: 'initialize', priority: 'high', name: 'callJournal' });
    return client;
  }

  /** Begins to note what `within` surrounds. What was noted before is forgotten. */
  open(): void {
    this.pieces = new Map();
  }

  /** Does a piece of work, to which all calls that it makes are put down. */
  within<Result>(piece: string, work: () => Promise<Result>): Promise<Result> {
    if (this.pieces === undefined) return work();
    const list = this.pieces.get(piece) ?? { calls: [], omitted: 0 };
    this.pieces.set(piece, list);
    return this.current.run(list, work);
  }

  /** Ends it, and returns what each piece of work called; of pieces without a call, an empty list. */
  close(): ReadonlyMap<string, CallList> {
    const { pieces } = this;
    this.pieces = undefined;
    return pieces ?? new Map<string, CallList>();
  }

  private async note(
    list: OpenCallList,
    names: Pick<RecordedCall, 'service' | 'operation'>,
    args: MiddlewareArguments,
    { region }: CapturedClient['config'],
    next: Next,
  ): Promise<MiddlewareResult> {
    const startMs = this.clock();
    const keep = async (metadata: ResponseMetadata | undefined, errorName?: string): Promise<void> => {
      if (list.calls.length === CALLS_MAX) {
        list.omitted += 1;
        return;
      }
      list.calls.push({
        ...names,
        startMs,
        endMs: this.clock(),
        region: typeof region === 'function' ? await region() : region,
        tableName: tableNameOf(args.input),
        requestId: metadata?.requestId,
        status: metadata?.httpStatusCode,
        retries: Math.max(0, (metadata?.attempts ?? 1) - 1),
        errorName,
      });
    };
    try {
      const result = await next(args);
      await keep(result.output?.$metadata);
      return result;
    } catch (error) {
      const { $metadata, name } = error as { $metadata?: ResponseMetadata; name?: string };
      await keep($metadata, name ?? 'Error');
      throw error;
    }
  }
}

/** The table that a request of DynamoDB is about: the first one where it is about several. */
function tableNameOf(input: object): string | undefined {
  const { TableName, RequestItems } = input as { TableName?: string; RequestItems?: object };
  return TableName ?? Object.keys(RequestItems ?? {})[0];
}
