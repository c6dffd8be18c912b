import { DETAILS, isRangeName } from './resolution.js';
import type { Detail, RangeName } from './resolution.js';

/** What a chart view shows; it is all in the address, so that a view can be bookmarked. */
export interface ChartChoice {
  /** Empty: the first metric that there is. */
  metrics: readonly string[];
  /** Back from now and moving, or fixed by a zoom, in epoch milliseconds. */
  range: RangeName | { fromMs: number; toMs: number };
  /** `auto`: chosen by the range. */
  detail: Detail | 'auto';
}

export type Route =
  | { view: 'fleet'; siteId: string | undefined }
  | { view: 'device'; id: string; choice: ChartChoice }
  | { view: 'site'; id: string; choice: ChartChoice }
  | { view: 'pipeline' }
  | { view: 'traces' }
  | { view: 'unknown'; path: string };

/** Reads the part of an address behind `#`. What makes no sense in a choice is replaced by its default. */
export function parseRoute(hash: string): Route {
  const [path = '/', query = ''] = (hash.replace(/^#/, '') || '/').split('?');
  const parameters = new URLSearchParams(query);
  const [view, id, ...rest] = path.split('/').slice(1);
  if (rest.length > 0) return { view: 'unknown', path };
  if (view === '' && id === undefined) return { view: 'fleet', siteId: parameters.get('site') ?? undefined };
  if ((view === 'pipeline' || view === 'traces') && id === undefined) return { view };
  const name = id === undefined || id === '' ? undefined : decoded(id);
  if (name !== undefined && view === 'devices')
    return { view: 'device', id: name, choice: choiceOf(parameters) };
  if (name !== undefined && view === 'sites') return { view: 'site', id: name, choice: choiceOf(parameters) };
  return { view: 'unknown', path };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function choiceOf(parameters: URLSearchParams): ChartChoice {
  const fromMs = Number(parameters.get('from') ?? Number.NaN);
  const toMs = Number(parameters.get('to') ?? Number.NaN);
  const range = parameters.get('range');
  const detail = DETAILS.find((candidate) => candidate === parameters.get('detail'));
  const fixed = Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs) && fromMs < toMs;
  return {
    metrics: parameters.getAll('metric').filter((metric) => metric !== ''),
    range: fixed ? { fromMs, toMs } : isRangeName(range) ? range : '1h',
    detail: detail ?? 'auto',
  };
}

export function fleetAddress(siteId?: string): string {
  return siteId === undefined ? '#/' : `#/?site=${encodeURIComponent(siteId)}`;
}

/** The address of a device's or a site's charts. */
export function chartAddress(
  kind: 'devices' | 'sites',
  id: string,
  choice: Partial<ChartChoice> = {},
): string {
  const { metrics = [], range, detail } = choice;
  const parameters = new URLSearchParams(metrics.map((metric) => ['metric', metric]));
  if (typeof range === 'string') parameters.set('range', range);
  else if (range !== undefined) {
    parameters.set('from', String(range.fromMs));
    parameters.set('to', String(range.toMs));
  }
  if (detail !== undefined && detail !== 'auto') parameters.set('detail', detail);
  const query = parameters.toString();
  return `#/${kind}/${encodeURIComponent(id)}${query === '' ? '' : `?${query}`}`;
}
