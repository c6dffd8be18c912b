import type uPlot from 'uplot';

import { createPlot } from '../charts/plot.js';
import type { Plot } from '../charts/plot.js';
import { line, swatch } from '../charts/series-style.js';
import { element, fill } from '../element.js';
import { failureNotice } from '../failure.js';
import { formatCount, formatDuration, formatRate, localTimeZone } from '../format.js';
import { ratesBetween } from '../pipeline-history.js';
import type { PipelineRates, PipelineSample } from '../pipeline-history.js';
import { replayPanel } from './replay-panel.js';
import type { View } from './view.js';

const SHOWN_MIN_MS = 2 * 60_000;
const SHOWN_MAX_MS = 10 * 60_000;
/** Rates of the tiles are those of the last so many samples. */
const TILE_SAMPLES = 5;

/** What the pipeline does: rates, lag, freshness, duplicates, quarantine, and what a reading costs. */
export const pipelineView: View = (place, context, signal) => {
  const { runtime } = context;
  if (runtime === undefined) return;
  const notice = failureNotice();
  const tiles = element('div', { class: 'tiles' }, element('p', { class: 'empty' }, 'Measuring …'));
  const plots = pipelinePlots();
  fill(
    place,
    element(
      'div',
      { class: 'title' },
      element('h1', {}, 'Pipeline'),
      element('p', { class: 'facts' }, 'since the runtime started'),
    ),
    notice.element,
    tiles,
    replayPanel(context, runtime.info, signal),
    element(
      'div',
      { class: 'charts two' },
      ...plots.map(({ title, legend, plot }) =>
        element(
          'section',
          { class: 'card', 'aria-label': title },
          element('div', { class: 'card-title' }, element('h2', {}, title), legend),
          plot.element,
          element('p', { class: 'caption' }, `Local time (${localTimeZone()})`),
        ),
      ),
    ),
  );
  const show = (): void => {
    const { history } = runtime;
    if (history.failed) {
      notice.show(new Error('The local runtime does not answer. The next attempt follows by itself.'));
    } else notice.clear();
    const samples = history.list();
    if (samples.length === 0) return;
    fill(tiles, ...tilesOf(samples));
    for (const { plot, values } of plots) plot.setData(valuesOver(samples, values), shownRange(samples));
  };
  runtime.history.onChange(show, signal);
  show();
  signal.addEventListener('abort', () => plots.forEach(({ plot }) => plot.dispose()));
};

interface PipelinePlot {
  title: string;
  legend: HTMLElement;
  plot: Plot;
  /** The values of the lines between two samples. */
  values(rates: PipelineRates, sample: PipelineSample): (number | null)[];
}

function pipelinePlots(): PipelinePlot[] {
  return [
    plotOf('Throughput', 'per second', [
      ['readings accepted', 'mean', ({ readingsPerSecond }) => readingsPerSecond],
      ['points stored', 'p50', ({ storedPerSecond }) => storedPerSecond],
      ['duplicates', 'p99', ({ duplicatesPerSecond }) => duplicatesPerSecond],
    ]),
    plotOf('Delay', 'seconds', [
      ['freshness', 'mean', ({ freshnessMs }) => (freshnessMs === null ? null : freshnessMs / 1_000)],
      [
        'oldest in the stream',
        'p99',
        (_rates, { state }) => (state.stream === null ? null : state.stream.iteratorAgeMs / 1_000),
      ],
    ]),
  ];
}

type LineOf = readonly [
  name: string,
  colour: string,
  value: (rates: PipelineRates, sample: PipelineSample) => number | null,
];

function plotOf(title: string, axisLabel: string, lines: readonly LineOf[]): PipelinePlot {
  const legend = element(
    'span',
    { class: 'legend' },
    ...lines.map(([name, colour]) => element('span', {}, swatch(colour), name)),
  );
  const plot = createPlot({
    label: `${title}: ${lines.map(([name]) => name).join(', ')}`,
    axisLabel,
    heightPx: 220,
    group: 'pipeline',
    series: lines.map(([name, colour]) => line(name, colour, { spanGaps: true })),
    fromZero: true,
  });
  return { title, legend, plot, values: (rates, sample) => lines.map(([, , value]) => value(rates, sample)) };
}

/** Up to ten minutes: what has been seen of them, but never so little that nothing could be told. */
function shownRange(samples: readonly PipelineSample[]): { min: number; max: number } {
  const toMs = samples.at(-1)?.timeMs ?? 0;
  const seenMs = toMs - (samples[0]?.timeMs ?? toMs);
  const shownMs = Math.min(SHOWN_MAX_MS, Math.max(SHOWN_MIN_MS, seenMs));
  return { min: (toMs - shownMs) / 1_000, max: toMs / 1_000 };
}

function valuesOver(samples: readonly PipelineSample[], values: PipelinePlot['values']): uPlot.AlignedData {
  const steps = samples.slice(1).map((sample, index) => {
    const earlier = samples[index] ?? sample;
    return [sample.timeMs / 1_000, ...values(ratesBetween(earlier, sample), sample)];
  });
  const columns = (steps[0] ?? [0]).map((_, column) => steps.map((step) => step[column] ?? null));
  return columns as unknown as uPlot.AlignedData;
}

interface Tile {
  name: string;
  value: string;
  detail: string;
  /** Something that somebody should look at. */
  attention?: boolean;
}

function tilesOf(samples: readonly PipelineSample[]): HTMLElement[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  const { totals, state } = last;
  const rates = ratesBetween(samples.at(-TILE_SAMPLES) ?? samples[0] ?? last, last);
  const quarantined = totals.pointsQuarantined + totals.recordsQuarantined;
  const units =
    totals.readingsAccepted === 0 ? '–' : (totals.writeUnits / totals.readingsAccepted).toFixed(3);
  const tiles: Tile[] = [
    {
      name: 'Readings',
      value: `${formatRate(rates.readingsPerSecond)} /s`,
      detail: `${formatCount(totals.readingsAccepted)} accepted`,
    },
    {
      name: 'Points stored',
      value: `${formatRate(rates.storedPerSecond)} /s`,
      detail: `${formatCount(totals.pointsStored)} in all`,
    },
    {
      name: 'Duplicates dropped',
      value: formatCount(totals.pointsDuplicate),
      detail: `${formatRate(rates.duplicatesPerSecond)} /s`,
    },
    {
      name: 'In the stream',
      value: state.stream === null ? '–' : `${formatCount(state.stream.records)}`,
      detail: lagText(state.stream),
    },
    {
      name: 'Freshness',
      value: rates.freshnessMs === null ? '–' : formatDuration(rates.freshnessMs),
      detail: 'until queryable',
    },
    { name: 'Write units', value: units, detail: 'a reading' },
    {
      name: 'Quarantined',
      value: formatCount(quarantined),
      detail: 'points and records',
      attention: quarantined > 0,
    },
    {
      name: 'Rejected',
      value: formatCount(totals.readingsRejected),
      detail: 'readings',
      attention: totals.readingsRejected > 0,
    },
  ];
  return tiles.map(({ name, value, detail, attention = false }) =>
    element(
      'div',
      { class: attention ? 'tile attention' : 'tile', 'data-tile': name },
      element('span', { class: 'tile-name' }, name),
      element('strong', {}, value),
      element('span', { class: 'caption' }, detail),
    ),
  );
}

function lagText(stream: PipelineSample['state']['stream']): string {
  if (stream === null) return 'not known';
  return stream.records === 0 ? 'records, no lag' : `records, ${formatDuration(stream.iteratorAgeMs)} old`;
}
