import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { FunctionRole } from '@weir/role-check';
import type { AssemblyPlan, PlannedResource } from '../assembly/assembly-plan.js';
import type { EngineOptions } from '../cli/engine-options.js';
import type { DynamodbChoice } from '../engines/dynamodb/dynamodb-engine.js';
import type { DeliveryStatus } from '../engines/firehose/delivery-stream.js';
import type { LambdaFunction } from '../engines/lambda/lambda-function.js';
import type { LogCollector } from '../engines/logs/log-collector.js';
import type { FolderStore } from '../engines/s3/folder-store.js';
import type { TraceStore } from '../engines/xray/trace-store.js';
import type { EngineProxy } from '../faults/engine-proxy.js';
import type { FaultedService } from '../faults/faulted-call.js';
import type { CallRegister } from '../roles/call-register.js';
import { RuntimeError } from '../runtime-error.js';
import type { FunctionProject } from '../watch/function-projects.js';
import type { Shutdown } from './shutdown.js';
import type { FaultEquipment, FaultOptions } from './start-faults.js';

/** Paths of the bundled programs that run as processes of their own. */
export interface ProgramEntries {
  readonly worker: string;
  readonly kinesaliteServer: string;
  readonly kinesisLocalServer: string;
  readonly supervisor: string;
}

/** A function that runs for a debugger. */
export interface InspectedFunction {
  readonly functionName: string;
  /** Of the inspector; 0 takes a free one. */
  readonly port: number;
}

export interface BootOptions {
  readonly plan: AssemblyPlan;
  /** Info at N, ingest at N + 1, analytics at N + 2; engines prefer the ports from N + 3. */
  readonly portBase: number;
  /** Absolute path of the locked data directory. */
  readonly dataDir: string;
  readonly dynamodb: DynamodbChoice;
  readonly engines: EngineOptions;
  readonly entries: ProgramEntries;
  /** A file from whose place npm packages are looked up. */
  readonly modulesFrom: string;
  /** Without it no fault can be injected later either. */
  readonly faults?: FaultOptions;
  /** Absolute path of the workspace that the functions are built in, so that source maps lead into it. */
  readonly workspace?: string;
  /** Build functions anew when their sources in the workspace change. */
  readonly watch?: boolean;
  readonly inspected?: readonly InspectedFunction[];
  /** What functions may call; absent: they may call everything, and their calls are not recorded. */
  readonly roles?: readonly FunctionRole[];
  clock(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Shows something to the user, as one line. */
  notify(message: string): void;
}

/** An engine that is a server, as the status shows it. */
export interface EngineStatus {
  readonly endpoint: string;
  readonly pids: readonly number[];
  readonly restarts: number;
}

/** A running event source mapping. */
export interface MappingHandle {
  readonly streamName: string;
  readonly functionName: string;
  lag(): Promise<{ records: number; iteratorAgeMs: number }>;
  /** There may be something new in a stream: readers look without waiting for their time. */
  wake(): void;
}

/** What runs so far. Later phases find here what earlier ones have started. */
export interface RunningCloud {
  readonly options: BootOptions;
  readonly shutdown: Shutdown;
  readonly logs: LogCollector;
  readonly traces: TraceStore;
  /** What X-Ray would object to in a segment, one sentence each; told to the user as well. */
  readonly watchSegment: (document: object) => string[];
  readonly xrayAddress: string;
  readonly engines: Map<string, () => EngineStatus>;
  readonly functions: Map<string, LambdaFunction>;
  /** The projects of the workspace that functions are built from. */
  readonly functionProjects: readonly FunctionProject[];
  readonly mappings: MappingHandle[];
  readonly deliveries: { readonly deliveryStreamName: string; status(): DeliveryStatus }[];
  readonly faults?: FaultEquipment;
  /** Holds functions to their roles, unless that is switched off. */
  readonly calls?: CallRegister;
  /** In front of the engines, for functions. */
  readonly proxies: Map<FaultedService, EngineProxy>;
  /** `endpoint` is that of the engine itself: the runtime's own readers go past limits and faults. */
  kinesis?: {
    readonly client: KinesisClient;
    readonly endpoint: string;
    readonly streamsByArn: ReadonlyMap<string, string>;
  };
  dynamodb?: { readonly client: DynamoDBClient };
  s3?: { readonly endpoint: string; readonly store: FolderStore };
  /** Responses that the contract of their API does not allow. */
  contractViolations: number;
  ingestUrl?: string;
  analyticsUrl?: string;
}

/** The resources of a type, in the order of the plan. */
export function resourcesOfType(plan: AssemblyPlan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

/** The stream behind an ARN. @throws RuntimeError when no stack has it. */
export function requireStream(
  cloud: RunningCloud,
  arn: string,
  resource: PlannedResource,
): { readonly client: KinesisClient; readonly streamName: string } {
  const streamName = cloud.kinesis?.streamsByArn.get(arn);
  if (cloud.kinesis !== undefined && streamName !== undefined)
    return { client: cloud.kinesis.client, streamName };
  throw incomplete(resource, `reads the stream ${arn}, which no stack of the assembly has`);
}

/** The store that holds a bucket. @throws RuntimeError when no stack has the bucket. */
export function requireBucket(cloud: RunningCloud, bucket: string, resource: PlannedResource): FolderStore {
  if (cloud.s3?.store.bucketNames().includes(bucket) === true) return cloud.s3.store;
  throw incomplete(resource, `writes to the bucket ${bucket}, which no stack of the assembly has`);
}

/** The function with a name or an ARN. @throws RuntimeError when no stack has it. */
export function requireFunction(
  cloud: RunningCloud,
  nameOrArn: string,
  resource: PlannedResource,
): LambdaFunction {
  for (const candidate of cloud.functions.values()) {
    if (candidate.functionName === nameOrArn || candidate.arn === nameOrArn) return candidate;
  }
  throw incomplete(resource, `invokes the function ${nameOrArn}, which no stack of the assembly has`);
}

export function incomplete(resource: PlannedResource, reason: string): RuntimeError {
  return new RuntimeError('assembly_incomplete', `${resource.id} ${reason}.`);
}
