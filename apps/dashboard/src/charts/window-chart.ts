import type { AggregateWindow, StoredReading } from '@weir/analytics-client';

import { element, fill } from '../element.js';
import { formatCount, formatLocalTime, formatUnit, formatValue, localTimeZone } from '../format.js';
import { readingColumns, windowColumns } from '../series.js';
import { createPlot } from './plot.js';
import type { Plot } from './plot.js';
import { edge, line, swatch } from './series-style.js';
import { themeColour } from './theme.js';

/** What one metric's chart shows. */
export type ChartContent =
  | { kind: 'windows'; windows: readonly AggregateWindow[]; unit: string | undefined }
  | { kind: 'readings'; readings: readonly StoredReading[]; unit: string | undefined };

export interface TimeRangeMs {
  fromMs: number;
  toMs: number;
}

/** The chart of one metric: statistics over windows or single readings, the counts below, and what the cursor stands on. */
export interface MetricChart {
  readonly element: HTMLElement;
  setContent(content: ChartContent, range: TimeRangeMs): void;
  dispose(): void;
}

export interface MetricChartOptions {
  metric: string;
  unit: string | undefined;
  onZoom(range: TimeRangeMs): void;
}

const GROUP = 'metrics';
const HEIGHT_PX = 240;
const COUNT_HEIGHT_PX = 104;

/** The lines that can be switched, with the places of their series. */
const LINES = [
  { name: 'mean', colour: 'mean', series: [6] },
  { name: 'min–max', colour: 'band', series: [1, 2] },
  { name: 'p50', colour: 'p50', series: [3] },
  { name: 'p95', colour: 'p95', series: [4] },
  { name: 'p99', colour: 'p99', series: [5] },
] as const;

/** A chart for windows. */
export function windowChart({ metric, unit, onZoom }: MetricChartOptions): MetricChart {
  let shown: (AggregateWindow | undefined)[] = [];
  const readout = cursorReadout();
  const onCursor = (index: number | null): void =>
    readout.show(index === null ? undefined : shown[index], unit);
  const zoom = (fromS: number, toS: number): void =>
    onZoom({ fromMs: Math.round(fromS * 1_000), toMs: Math.round(toS * 1_000) });
  const statistics = createPlot({
    label: `${metric}: mean, minimum, maximum and quantiles over time`,
    axisLabel: axisLabel(metric, unit),
    heightPx: HEIGHT_PX,
    group: GROUP,
    series: [
      edge('max'),
      edge('min'),
      line('p50', 'p50'),
      line('p95', 'p95'),
      line('p99', 'p99'),
      // Above all others where they meet.
      line('mean', 'mean', { width: 2 }),
    ],
    bands: [{ series: [1, 2], fill: () => themeColour('band-fill') }],
    withoutTimes: true,
    onZoom: zoom,
    onCursor,
  });
  const counts = createPlot({
    label: `${metric}: how many values each window holds`,
    axisLabel: 'count',
    heightPx: COUNT_HEIGHT_PX,
    group: GROUP,
    series: [line('count', 'count', { fill: () => themeColour('count-fill'), width: 1 })],
    fromZero: true,
    whole: true,
    onZoom: zoom,
  });
  const body = element(
    'div',
    { class: 'chart-body' },
    lineSwitches(statistics),
    statistics.element,
    counts.element,
  );
  const caption = element('p', { class: 'caption' }, `Local time (${localTimeZone()})`);
  return {
    element: element('div', {}, body, caption, readout.element),
    setContent: (content, range) => {
      if (content.kind !== 'windows') return;
      const { timesS, windows, ...columns } = windowColumns(content.windows);
      shown = windows;
      const { max, min, avg, p50, p95, p99, count } = columns;
      const seconds = { min: range.fromMs / 1_000, max: range.toMs / 1_000 };
      statistics.setData([timesS, max, min, p50, p95, p99, avg], seconds);
      counts.setData([timesS, count], seconds);
      readout.rest(content.windows.at(-1), unit);
    },
    dispose: () => {
      statistics.dispose();
      counts.dispose();
    },
  };
}

/** A chart for readings as they were stored. */
export function readingChart({ metric, unit, onZoom }: MetricChartOptions): MetricChart {
  let columns: ReturnType<typeof readingColumns> = { timesS: [], values: [] };
  const readout = element('p', { class: 'readout one-line' });
  const show = (index: number | null): void => {
    const at = index ?? columns.timesS.length - 1;
    const timeS = columns.timesS[at];
    const value = columns.values[at];
    if (timeS === undefined || value === undefined || value === null) return fill(readout, '');
    const measured = `${formatValue(value)} ${formatUnit(unit)}`.trim();
    fill(readout, `${formatLocalTime(timeS * 1_000)}  `, element('strong', {}, measured));
  };
  const plot = createPlot({
    label: `${metric}: readings over time`,
    axisLabel: axisLabel(metric, unit),
    heightPx: HEIGHT_PX + COUNT_HEIGHT_PX,
    group: GROUP,
    series: [line(metric, 'mean', { points: { show: true, size: 4 } })],
    onZoom: (fromS, toS) => onZoom({ fromMs: Math.round(fromS * 1_000), toMs: Math.round(toS * 1_000) }),
    onCursor: show,
  });
  const caption = element('p', { class: 'caption' }, `Local time (${localTimeZone()})`);
  return {
    element: element('div', {}, element('div', { class: 'chart-body' }, plot.element), caption, readout),
    setContent: (content, range) => {
      if (content.kind !== 'readings') return;
      columns = readingColumns(metric, content.readings);
      const seconds = { min: range.fromMs / 1_000, max: range.toMs / 1_000 };
      plot.setData([columns.timesS, columns.values], seconds);
      show(null);
    },
    dispose: () => plot.dispose(),
  };
}

function axisLabel(metric: string, unit: string | undefined): string {
  const printed = formatUnit(unit);
  return printed === '' ? metric : printed;
}

/** A legend whose entries are switches. */
function lineSwitches(plot: Plot): HTMLElement {
  const switches = LINES.map(({ name, colour, series }) => {
    const button = element(
      'button',
      { type: 'button', class: 'line-switch', 'aria-pressed': 'true' },
      swatch(colour),
      name,
    );
    button.addEventListener('click', () => {
      const visible = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(visible));
      for (const index of series) plot.setVisible(index, visible);
    });
    return button;
  });
  return element('div', { class: 'line-switches', role: 'group', 'aria-label': 'Lines' }, ...switches);
}

interface CursorReadout {
  readonly element: HTMLElement;
  /** The window below the cursor; undefined: none, and what rests is shown. */
  show(window: AggregateWindow | undefined, unit: string | undefined): void;
  /** What is shown while the cursor is nowhere. */
  rest(window: AggregateWindow | undefined, unit: string | undefined): void;
}

const STATISTICS = ['avg', 'min', 'max', 'p50', 'p95', 'p99', 'stddev', 'sum', 'first', 'last'] as const;

/** All statistics of one window, always in the same place, so that nothing jumps. */
function cursorReadout(): CursorReadout {
  const readout = element('div', { class: 'readout' });
  let pointed: AggregateWindow | undefined;
  let resting: AggregateWindow | undefined;
  const write = (unit: string | undefined): void => {
    const window = pointed ?? resting;
    if (window === undefined) return fill(readout);
    const { start, end, count, final, version } = window;
    const state = final ? 'final' : 'still open';
    fill(
      readout,
      element(
        'p',
        { class: 'window' },
        `${formatLocalTime(Date.parse(start))} – ${formatLocalTime(Date.parse(end)).slice(11)} `,
        element('span', { class: `state ${final ? 'is-final' : 'is-open'}` }, `${state}, version ${version}`),
      ),
      element(
        'dl',
        {},
        ...pair('count', formatCount(count)),
        ...STATISTICS.flatMap((name) => pair(name, formatValue(window[name]))),
        ...pair('unit', formatUnit(unit) || '–'),
      ),
    );
  };
  return {
    element: readout,
    show: (window, unit) => {
      pointed = window;
      write(unit);
    },
    rest: (window, unit) => {
      resting = window;
      if (pointed === undefined) write(unit);
    },
  };
}

function pair(name: string, value: string): Node[] {
  return [element('div', {}, element('dt', {}, name), element('dd', {}, value))];
}
