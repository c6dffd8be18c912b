/** How far processing is behind what was accepted. */
export interface StreamLag {
  /** Records in the stream that are not processed yet. */
  records: number;
  /** Age of the oldest of them in milliseconds. */
  iteratorAgeMs: number;
}

/** Asks a status page for `{ stream: { records, iteratorAgeMs } }`; `undefined` while it cannot tell. */
export type LagProbe = () => Promise<StreamLag | undefined>;

type FetchText = (url: string) => Promise<{ ok: boolean; json(): Promise<unknown> }>;

/** Makes a probe. Without a URL it never can tell. A status page that fails is asked again next time: it decides nothing. */
export function createLagProbe(statusUrl: string | undefined, callFetch: FetchText): LagProbe {
  if (statusUrl === undefined) return () => Promise.resolve(undefined);
  return async () => {
    try {
      const response = await callFetch(statusUrl);
      return response.ok ? readLag(await response.json()) : undefined;
    } catch {
      // Progress is then judged by the API's answers alone, which is what counts in the end.
      return undefined;
    }
  };
}

function readLag(status: unknown): StreamLag | undefined {
  if (typeof status !== 'object' || status === null || !('stream' in status)) return undefined;
  const { stream } = status;
  if (typeof stream !== 'object' || stream === null) return undefined;
  if (!('records' in stream) || typeof stream.records !== 'number') return undefined;
  const ageMs = 'iteratorAgeMs' in stream ? stream.iteratorAgeMs : undefined;
  return { records: stream.records, iteratorAgeMs: typeof ageMs === 'number' ? ageMs : 0 };
}
