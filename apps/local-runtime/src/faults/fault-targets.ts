import type { EngineProcessService } from './faulted-call.js';

/** What events can be done to. Each answers with what it did, or undefined when there was nothing to do it to. */
export interface FaultTargets {
  /** Workers that are alive, in an order that depends on nothing else. */
  workers(): readonly { readonly functionName: string; readonly pid: number }[];
  engineProcesses(): readonly { readonly service: EngineProcessService; readonly pid: number }[];
  /** SIGKILL. Returns whether the process was there. */
  kill(pid: number): boolean;
  killRuntime(): void;
  /** @param random numbers in [0, 1) to choose with */
  reshard(options: ReshardOptions, random: () => number): Promise<object | undefined>;
  consumers(): readonly PausableConsumer[];
}

export interface ReshardOptions {
  /** All streams when it is not given. */
  readonly stream?: string;
  readonly openShardsMax: number;
}

/** Something that reads a stream. */
export interface PausableConsumer {
  readonly name: string;
  expireIterator(): void;
  pause(durationMs: number): void;
  /** Ends a pause. */
  resume(): void;
}
