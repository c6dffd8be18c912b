import { flattened, type Span } from '../engines/xray/span.js';
import type { TraceSummary } from '../engines/xray/trace-store.js';
import { escapeHtml, htmlPage } from './html.js';

const style = `
body{font:14px/1.5 system-ui;margin:2rem auto;max-width:80rem;padding:0 1rem;color:#1a1f24;background:#fff}
a{color:#0b5cad}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .8rem .3rem 0}
.row{display:grid;grid-template-columns:minmax(16rem,26rem) 1fr;border-top:1px solid #e3e7ea}
.row summary{cursor:pointer;overflow-wrap:anywhere}.name{padding:.25rem .5rem .25rem 0}
.lane{position:relative;min-height:1.9rem}
.bar,.gap{position:absolute;top:.35rem;height:1.1rem;min-width:2px;border-radius:2px}
.bar{background:#4c8dc9}.bar.error,.bar.throttle{background:#c77700}.bar.fault{background:#c0303a}.bar.progress{background:#9aa5ad}
.gap{background:repeating-linear-gradient(45deg,#dfe5ea 0 4px,#fff 4px 8px);border:1px dashed #8b98a2;box-sizing:border-box}
.label{position:absolute;top:.3rem;white-space:nowrap;font-size:12px;padding:0 .3rem;background:#ffffffd0}
.bad{color:#b0202b;font-weight:600}.kind{color:#5b6770}pre{margin:.2rem 0;font-size:12px;white-space:pre-wrap;overflow-wrap:anywhere}
`;

/** The newest traces as a list for people. */
export function traceListPage(traces: readonly TraceSummary[]): string {
  const rows = traces.map(
    ({ id, startMs, durationMs, segments, roots, hasError }) =>
      `<tr><td><a href="/traces/${encodeURIComponent(id)}">${escapeHtml(id)}</a></td>` +
      `<td>${escapeHtml(timeText(startMs))}</td><td>${milliseconds(durationMs)}</td><td>${segments}</td>` +
      `<td>${escapeHtml(roots.join(', '))}${hasError ? ' <span class="bad">error</span>' : ''}</td></tr>`,
  );
  return htmlPage(
    'Traces',
    style,
    `<h1>Traces</h1><p><a href="/">Weir on this machine</a></p>
<table><tr><th>Trace</th><th>Began</th><th>Took</th><th>Documents</th><th>Begins with</th></tr>${rows.join('\n')}</table>`,
  );
}

/** One trace as a waterfall for people: every span on one time axis, errors, annotations, and the time that work waited. */
export function tracePage(id: string, spans: readonly Span[]): string {
  const rows = flattened(spans);
  const startMs = rows.reduce((least, { span }) => Math.min(least, span.startMs), Infinity);
  const endMs = rows.reduce((most, { span }) => Math.max(most, span.endMs ?? span.startMs), startMs);
  const scale = (timeMs: number): number => (100 * (timeMs - startMs)) / Math.max(0.001, endMs - startMs);
  const missing = rows.filter(({ span }) => span.missingParent).length;
  const warning =
    missing === 0
      ? ''
      : `<p class="bad">${missing} of ${rows.length} spans name a parent that has not been received.</p>`;
  return htmlPage(
    `Trace ${id}`,
    style,
    `<h1>Trace</h1><p><code>${escapeHtml(id)}</code> · ${escapeHtml(timeText(startMs))} · ${milliseconds(endMs - startMs)} ·
<a href="/traces">all traces</a></p>${warning}
${rows.map(({ span, depth }) => rowOf(span, depth, scale)).join('\n')}`,
  );
}

function rowOf(span: Span, depth: number, scale: (timeMs: number) => number): string {
  const { startMs, endMs = startMs, gapMs } = span;
  const gap =
    gapMs === undefined
      ? ''
      : `<span class="gap" style="${place(scale(startMs - gapMs), scale(startMs))}" title="waited ${milliseconds(gapMs)}"></span>`;
  const label = [
    ...(gapMs === undefined ? [] : [`waited ${milliseconds(gapMs)}`]),
    span.endMs === undefined ? 'in progress' : milliseconds(endMs - startMs),
  ].join(' · ');
  const after = scale(endMs);
  // Near the right edge there is no room behind the bar.
  const labelPlace = after > 70 ? `right:${(100 - scale(startMs)).toFixed(3)}%` : `left:${after.toFixed(3)}%`;
  return (
    `<div class="row"><div class="name" style="padding-left:${depth}rem">${nameOf(span)}</div>` +
    `<div class="lane">${gap}<span class="bar ${span.outcome.replace('in ', '')}" style="${place(scale(startMs), after)}"></span>` +
    `<span class="label" style="${labelPlace}">${label}</span></div></div>`
  );
}

function nameOf({ name, kind, outcome, missingParent, parentId, annotations, details, id }: Span): string {
  const operation = operationOf(details);
  const notes = [
    ...(outcome === 'ok' || outcome === 'in progress' ? [] : [outcome]),
    ...(missingParent ? [`parent ${parentId ?? ''} missing`] : []),
  ];
  const told = { id, ...(parentId === undefined ? {} : { parent: parentId }), ...details };
  return (
    `<details><summary>${escapeHtml(name)}${operation === undefined ? '' : ` ${escapeHtml(operation)}`}` +
    ` <span class="kind">${kind}</span>${notes.map((note) => ` <span class="bad">${escapeHtml(note)}</span>`).join('')}</summary>` +
    `${Object.keys(annotations).length === 0 ? '' : pre(annotations)}${pre(told)}</details>`
  );
}

function operationOf({ aws }: Span['details']): string | undefined {
  if (typeof aws !== 'object' || aws === null || !('operation' in aws)) return undefined;
  return typeof aws.operation === 'string' ? aws.operation : undefined;
}

function pre(members: object): string {
  return `<pre>${escapeHtml(JSON.stringify(members, null, 1))}</pre>`;
}

function place(left: number, right: number): string {
  return `left:${left.toFixed(3)}%;width:${Math.max(0, right - left).toFixed(3)}%`;
}

function milliseconds(durationMs: number): string {
  return `${durationMs < 10 ? durationMs.toFixed(2) : durationMs.toFixed(0)} ms`;
}

function timeText(timeMs: number): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) < 8.64e15
    ? new Date(timeMs).toISOString()
    : 'unknown time';
}
