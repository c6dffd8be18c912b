/** A metric's sum since the runtime started. */
export interface MetricSum {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  count: number;
  sum: number;
  min: number;
  max: number;
}

export interface RuntimeState {
  ready: boolean;
  /** What waits in the stream; null while it cannot be told. */
  stream: { records: number; iteratorAgeMs: number } | null;
  contractViolations: number;
  refusedCalls: number;
}

export interface TraceSummary {
  id: string;
  startMs: number;
  durationMs: number;
  segments: number;
  roots: readonly string[];
  hasError: boolean;
}

/** What was put into the stream a second time. */
export interface StreamReplay {
  records: number;
  bytes: number;
  fromMs: number;
  toMs: number;
}

/** The info server of a local runtime. Every method rejects when it does not answer, or answers no. */
export interface LocalRuntime {
  metrics(signal: AbortSignal): Promise<MetricSum[]>;
  state(signal: AbortSignal): Promise<RuntimeState>;
  /** The newest traces, last touched first. */
  traces(limit: number, signal: AbortSignal): Promise<TraceSummary[]>;
  /** Puts once more into the stream what arrived there within so many minutes. */
  replay(minutes: number, signal: AbortSignal): Promise<StreamReplay>;
  /** A page with the waterfall of a trace. */
  traceAddress(id: string): string;
}

export function localRuntime(url: string): LocalRuntime {
  const ask = async <Body>(path: string, init: RequestInit): Promise<Body> => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    });
    if (!response.ok) throw new Error(await refusal(response));
    return (await response.json()) as Body;
  };
  return {
    metrics: async (signal) => (await ask<{ items: MetricSum[] }>('/metrics', { signal })).items,
    state: (signal) => ask<RuntimeState>('/status', { signal }),
    traces: async (limit, signal) =>
      (await ask<{ items: TraceSummary[] }>(`/traces?limit=${limit}`, { signal })).items,
    replay: (minutes, signal) =>
      ask<StreamReplay>('/replays', { method: 'POST', body: JSON.stringify({ minutes }), signal }),
    traceAddress: (id) => `${url}/traces/${encodeURIComponent(id)}`,
  };
}

async function refusal(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'title' in body) return String(body.title);
  return `The local runtime answered with status ${response.status}.`;
}
