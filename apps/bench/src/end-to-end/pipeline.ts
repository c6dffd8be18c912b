import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortBase, makeToken, startStack } from '@weir/local-stack';

/** The local pipeline, and what may ask it. */
export interface Pipeline {
  readonly infoUrl: string;
  readonly ingestUrl: string;
  readonly analyticsUrl: string;
  readonly token: string;
}

/** Lets `use` have a pipeline of its own, in a folder that does not outlive it. Needs Linux. */
export async function withPipeline<Result>(
  use: (pipeline: Pipeline) => Promise<Result>,
  makeAssembly?: (folder: string) => void,
): Promise<Result> {
  if (process.platform !== 'linux') throw new Error('Only Linux shows in /proc what processes use.');
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const assembly = join(folder, 'cdk.out');
    makeAssembly?.(assembly);
    const place = { dataDir: join(folder, 'data'), portBase: await freePortBase() };
    const stack = await startStack({ ...place, ...(makeAssembly === undefined ? {} : { assembly }) });
    try {
      return await use({ ...stack, token: await makeToken(place) });
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Posts readings until they are accepted. */
export async function postReadings(
  { ingestUrl, token }: Pipeline,
  readings: readonly object[],
): Promise<void> {
  for (;;) {
    const response = await fetch(`${ingestUrl}/v1/telemetry`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ readings }),
    });
    const text = await response.text();
    if (response.status === 202) return;
    if (response.status !== 429 && response.status < 500)
      throw new Error(`the ingest API answered ${response.status}: ${text}`);
    await new Promise((proceed) => setTimeout(proceed, 200));
  }
}
