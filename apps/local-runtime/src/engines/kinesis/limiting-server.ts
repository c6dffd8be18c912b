import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
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
} from '../../faults/engine-calls.js';
import { failEntries } from '../../faults/failed-entries.js';
import { operationOf } from '../../faults/faulted-call.js';
import { ShardLimits } from './shard-limits.js';
import { ShardMap } from './shard-map.js';

export interface LimitingServerOptions {
  readonly engineUrl: string;
  /** Of the engine itself. */
  readonly kinesis: KinesisClient;
  /** Epoch milliseconds. */
  clock(): number;
}

export interface LimitingServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface that hands calls on to a Kinesis engine and refuses what is beyond the throughput
 * of a shard, as Kinesis does: PutRecord and GetRecords with ProvisionedThroughputExceededException, records of PutRecords with
 * that code inside a 200. Only calls in JSON are looked at, which the SDK for JavaScript sends.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export async function startLimitingServer(options: LimitingServerOptions): Promise<LimitingServer> {
  const limiting = new Limiting(options);
  const server = createServer((incoming, response) => {
    // An engine that is just being started again is, for the caller, a connection that is reset.
    limiting.serve(incoming, response).catch(() => resetConnection(incoming));
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      limiting.close();
      await closeServer(server);
    },
  };
}

/** Iterators that were handed out and not used yet; they live five minutes. */
const iteratorsMax = 10_000;

const resharding = new Set(['SplitShard', 'MergeShards', 'UpdateShardCount', 'CreateStream', 'DeleteStream']);

interface PutEntry {
  readonly Data?: string;
  readonly PartitionKey?: string;
  readonly ExplicitHashKey?: string;
  readonly ShardId?: string;
}

interface KinesisBody extends PutEntry {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly Records?: readonly PutEntry[];
  readonly ShardIterator?: string;
  readonly NextShardIterator?: string;
}

class Limiting {
  private readonly engine: EngineCalls;
  private readonly limits: ShardLimits;
  private readonly shards: ShardMap;
  /** Iterator to stream and shard. */
  private readonly iterators = new Map<string, string>();

  constructor(options: LimitingServerOptions) {
    this.engine = new EngineCalls(options.engineUrl);
    this.limits = new ShardLimits(options.clock);
    this.shards = new ShardMap(options.kinesis);
  }

  close(): void {
    this.engine.close();
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readCall(incoming, incoming.url ?? '/');
    if (request === undefined) return;
    const operation = operationOf(request.headers);
    const body = parseBody(request.body);
    sendAnswer(
      response,
      body === undefined ? await this.engine.send(request) : await this.answer(operation, request, body),
    );
  }

  private async answer(operation: string, request: EngineRequest, body: KinesisBody): Promise<EngineAnswer> {
    const stream = streamOf(body);
    if (resharding.has(operation)) this.shards.forget(stream);
    switch (operation) {
      case 'PutRecord':
        return this.putRecord(request, body, stream);
      case 'PutRecords':
        return this.putRecords(request, body, stream);
      case 'GetShardIterator':
        return this.getShardIterator(request, body, stream);
      case 'GetRecords':
        return this.getRecords(request, body);
      default:
        return this.engine.send(request);
    }
  }

  private async putRecord(request: EngineRequest, body: KinesisBody, stream: string): Promise<EngineAnswer> {
    const shardId = await this.shardOf(stream, body);
    if (shardId !== undefined && !this.limits.admitWrite(`${stream}/${shardId}`, sizeOf(body))) {
      return refusal(`Rate exceeded for shard ${shardId} in stream ${stream}.`);
    }
    const answer = await this.engine.send(readable(request));
    this.checkShards(stream, [shardId], [parseBody(answer.body)?.ShardId]);
    return answer;
  }

  private async putRecords(request: EngineRequest, body: KinesisBody, stream: string): Promise<EngineAnswer> {
    const entries = Array.isArray(body.Records) ? (body.Records as readonly PutEntry[]) : [];
    const shardIds: (string | undefined)[] = [];
    const refused: boolean[] = [];
    for (const entry of entries) {
      const shardId = await this.shardOf(stream, entry);
      shardIds.push(shardId);
      refused.push(shardId !== undefined && !this.limits.admitWrite(`${stream}/${shardId}`, sizeOf(entry)));
    }
    const partial = failEntries(
      'PutRecords',
      request.body,
      (index) => refused[index] === true,
      (index) => ({
        ErrorCode: exceeded,
        ErrorMessage: `Rate exceeded for shard ${shardIds[index] ?? ''} in stream ${stream}.`,
      }),
    );
    const answer =
      partial?.request === undefined && partial !== undefined
        ? noneAnswered
        : await this.engine.send({ ...readable(request), body: partial?.request ?? request.body });
    const results = parseBody(answer.body)?.Records ?? [];
    this.checkShards(
      stream,
      shardIds.filter((_, index) => refused[index] !== true),
      results.map(({ ShardId }) => ShardId),
    );
    if (partial === undefined || answer.statusCode !== 200) return answer;
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    return {
      statusCode: 200,
      headers: { ...headers, 'content-type': contentType },
      body: partial.merge(partial.request === undefined ? undefined : answer.body),
    };
  }

  private async getShardIterator(
    request: EngineRequest,
    body: KinesisBody,
    stream: string,
  ): Promise<EngineAnswer> {
    const answer = await this.engine.send(readable(request));
    this.remember(parseBody(answer.body)?.ShardIterator, `${stream}/${body.ShardId ?? ''}`);
    return answer;
  }

  private async getRecords(request: EngineRequest, body: KinesisBody): Promise<EngineAnswer> {
    const shardKey = this.iterators.get(body.ShardIterator ?? '');
    if (shardKey === undefined) {
      // From before the runtime was started, or given by somebody else: consumers get another.
      return refusal('Iterator expired. It was not given by this endpoint.', 'ExpiredIteratorException');
    }
    if (!this.limits.admitRead(shardKey)) {
      return refusal(`Rate exceeded for shard ${shardKey.split('/').at(-1) ?? ''}.`);
    }
    const answer = await this.engine.send(readable(request));
    const result = parseBody(answer.body);
    const sizeBytes = (result?.Records ?? []).reduce((sum, record) => sum + sizeOf(record), 0);
    this.limits.countRead(shardKey, sizeBytes);
    this.remember(result?.NextShardIterator, shardKey);
    return answer;
  }

  private remember(iterator: string | undefined, shardKey: string): void {
    if (iterator === undefined) return;
    this.iterators.set(iterator, shardKey);
    const [oldest] = this.iterators.keys();
    if (this.iterators.size > iteratorsMax && oldest !== undefined) this.iterators.delete(oldest);
  }

  /** Undefined where the engine is to say what is wrong with the call. */
  private async shardOf(
    stream: string,
    { PartitionKey, ExplicitHashKey }: PutEntry,
  ): Promise<string | undefined> {
    if (typeof PartitionKey !== 'string' || (ExplicitHashKey !== undefined && !/^\d+$/.test(ExplicitHashKey)))
      return undefined;
    try {
      return await this.shards.shardOf(stream, PartitionKey, ExplicitHashKey);
    } catch {
      return undefined;
    }
  }

  /** A record that went elsewhere tells that the stream was resharded behind the server's back. */
  private checkShards(
    stream: string,
    expected: readonly (string | undefined)[],
    actual: readonly (string | undefined)[],
  ): void {
    if (actual.some((shardId, index) => shardId !== undefined && shardId !== expected[index])) {
      this.shards.forget(stream);
    }
  }
}

const contentType = 'application/x-amz-json-1.1';
const exceeded = 'ProvisionedThroughputExceededException';
const noneAnswered: EngineAnswer = { statusCode: 200, headers: {}, body: Buffer.from('{}') };

function refusal(message: string, code = exceeded): EngineAnswer {
  return {
    statusCode: 400,
    headers: { 'content-type': contentType },
    body: Buffer.from(JSON.stringify({ __type: code, message })),
  };
}

function parseBody(body: Buffer): KinesisBody | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function streamOf({ StreamName, StreamARN }: KinesisBody): string {
  return StreamName ?? StreamARN?.split('/').at(-1) ?? '';
}

/** Bytes of data and partition key, as Kinesis counts them. */
function sizeOf({ Data = '', PartitionKey = '' }: PutEntry): number {
  return Buffer.byteLength(Data, 'base64') + Buffer.byteLength(PartitionKey);
}
