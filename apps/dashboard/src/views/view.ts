import type { AnalyticsClient } from '@weir/analytics-client';

import type { LocalRuntime } from '../local-runtime.js';
import type { PipelineHistory } from '../pipeline-history.js';

/** What views are made with. */
export interface ViewContext {
  readonly client: AnalyticsClient;
  /** What a local runtime tells of itself; absent on AWS. */
  readonly runtime: { readonly info: LocalRuntime; readonly history: PipelineHistory } | undefined;
  clock(): number;
}

/** A view fills its place and goes on until the signal is aborted. */
export type View = (place: HTMLElement, context: ViewContext, signal: AbortSignal) => void;
