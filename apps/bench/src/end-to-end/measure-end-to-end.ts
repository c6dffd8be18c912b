import { copyAssemblyWithWindow, deployedWindowSeconds } from './assembly-with-window.js';
import { measureLatency, type Latency } from './measure-latency.js';
import { measureThroughput, type Throughput } from './measure-throughput.js';
import { withPipeline } from './pipeline.js';

/** The whole pipeline on this machine. */
export interface EndToEnd {
  readonly cores: number;
  /** By the batching window of process-fn: the stage's own, and none. */
  readonly latencies: readonly (Latency & { readonly windowSeconds: number })[];
  readonly throughput: Throughput;
}

export interface EndToEndOptions {
  readonly cores: number;
  /** Readings that are followed, for each batching window. */
  readonly samples: number;
  /** Readings that are sent as fast as they are taken. */
  readonly readings: number;
}

/** Runs the template that is deployed as `npm start` does, once with each batching window. */
export async function measureEndToEnd({ cores, samples, readings }: EndToEndOptions): Promise<EndToEnd> {
  const windowSeconds = deployedWindowSeconds();
  const deployed = await withPipeline(async (pipeline) => ({
    latency: await measureLatency(pipeline, samples),
    throughput: (await measureThroughput(pipeline, readings)).throughput,
  }));
  const immediate = await withPipeline(
    (pipeline) => measureLatency(pipeline, samples),
    (folder) => copyAssemblyWithWindow(folder, 0),
  );
  return {
    cores,
    latencies: [
      { windowSeconds, ...deployed.latency },
      { windowSeconds: 0, ...immediate },
    ],
    throughput: deployed.throughput,
  };
}
