import { element, fill } from '../element.js';
import { failureNotice } from '../failure.js';
import { formatDuration, formatLocalTime } from '../format.js';
import type { LocalRuntime, TraceSummary } from '../local-runtime.js';
import { poll } from '../polling.js';
import type { View } from './view.js';

const INTERVAL_MS = 5_000;
const TRACES = 40;

/** The newest traces on a common scale of durations; each leads to its waterfall, which the runtime draws. */
export const tracesView: View = (place, { runtime }, signal) => {
  if (runtime === undefined) return;
  const { info } = runtime;
  const notice = failureNotice();
  const list = element(
    'section',
    { class: 'card', 'aria-label': 'Newest traces' },
    element('p', { class: 'empty' }, 'Loading …'),
  );
  fill(place, element('div', { class: 'title' }, element('h1', {}, 'Traces')), notice.element, list);
  poll(
    async (stopped) => {
      try {
        const traces = await info.traces(TRACES, stopped);
        if (stopped.aborted) return;
        notice.clear();
        if (list.contains(document.activeElement)) return;
        fill(
          list,
          traces.length === 0
            ? element('p', { class: 'empty' }, 'No trace was sampled yet.')
            : traceTable(info, traces),
        );
      } catch {
        if (!stopped.aborted)
          notice.show(new Error('The local runtime does not answer. The next attempt follows by itself.'));
      }
    },
    INTERVAL_MS,
    signal,
  );
};

function traceTable(info: LocalRuntime, traces: readonly TraceSummary[]): HTMLElement {
  const longestMs = Math.max(1, ...traces.map(({ durationMs }) => durationMs));
  const heads = ['Trace', 'Begun', 'Segments', 'Duration'].map((text) =>
    element('th', { scope: 'col' }, text),
  );
  return element(
    'table',
    { class: 'traces', 'aria-label': 'Newest traces' },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...traces.map((trace) => traceRow(info, trace, longestMs))),
  );
}

function traceRow(info: LocalRuntime, trace: TraceSummary, longestMs: number): HTMLElement {
  const bar = element('span', { class: trace.hasError ? 'bar-inner failed' : 'bar-inner' });
  bar.style.width = `${Math.max(0.5, (100 * trace.durationMs) / longestMs)}%`;
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element(
        'a',
        { href: info.traceAddress(trace.id), title: trace.id },
        trace.roots.join(', ') || trace.id,
      ),
      trace.hasError ? element('span', { class: 'freshness is-silent' }, 'error') : null,
    ),
    element('td', {}, formatLocalTime(trace.startMs)),
    element('td', { class: 'number' }, trace.segments),
    element(
      'td',
      { class: 'duration' },
      element('span', {}, formatDuration(trace.durationMs)),
      element('span', { class: 'bar-outer', 'aria-hidden': 'true' }, bar),
    ),
  );
}
