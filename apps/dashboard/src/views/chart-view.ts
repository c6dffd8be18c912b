import { readingChart, windowChart } from '../charts/window-chart.js';
import type { ChartContent, MetricChart, TimeRangeMs } from '../charts/window-chart.js';
import { readingsCsv, saveText, windowsCsv } from '../csv.js';
import { element, fill } from '../element.js';
import { failureNotice } from '../failure.js';
import { formatLocalTime } from '../format.js';
import { poll } from '../polling.js';
import { detailFor, detailName, DETAILS, isShowable, RANGES } from '../resolution.js';
import type { Detail, RangeName } from '../resolution.js';
import { chartAddress } from '../route.js';
import type { ChartChoice } from '../route.js';
import type { ChartSource, Subject } from './chart-source.js';
import type { View } from './view.js';

const INTERVAL_MS = 3_000;
const SUBJECT_INTERVAL_MS = 10_000;

/** What is shown now: the choice with everything decided. */
interface Shown {
  range: TimeRangeMs;
  detail: Detail;
}

/** The charts of a device or a site. Another choice is another address, so the browser's buttons go back and forth. */
export function chartView(
  sourceOf: (context: Parameters<View>[1]) => ChartSource,
  choice: ChartChoice,
): View {
  return (place, context, signal) => {
    const source = sourceOf(context);
    const notice = failureNotice();
    const facts = element('p', { class: 'facts' }, 'Loading …');
    const controls = element('div', { class: 'controls' });
    const cards = element('div', { class: 'charts' });
    const charts = new Map<string, ChartCard>();
    fill(
      place,
      element('div', { class: 'title' }, element('h1', {}, source.id), facts),
      notice.element,
      controls,
      cards,
    );
    const go = (changes: Partial<ChartChoice>): void => {
      pressed = controls.contains(document.activeElement) ? nameOf(document.activeElement) : undefined;
      location.hash = chartAddress(source.kind, source.id, { ...choice, ...changes });
    };
    let subject: Subject | undefined;
    let described = '';
    let subjectAtMs = Number.NEGATIVE_INFINITY;

    const load = async (stopped: AbortSignal): Promise<void> => {
      const nowMs = context.clock();
      try {
        if (subject === undefined || nowMs - subjectAtMs > SUBJECT_INTERVAL_MS) {
          subject = await source.subject(nowMs, stopped);
          subjectAtMs = nowMs;
        }
        const shown = decide(choice, source, nowMs);
        fill(facts, subject.facts.join(' · '));
        if (subject.metrics.join() !== described) {
          described = subject.metrics.join();
          fill(controls, ...controlsOf(choice, shown, source, subject, go));
          focusAgain(controls);
        }
        const metrics = chosenMetrics(choice, subject);
        if (metrics.length === 0)
          return fill(cards, element('p', { class: 'empty' }, 'Nothing has been measured yet.'));
        const contents = await Promise.all(
          metrics.map(
            async (metric) => [metric, await contentOf(source, metric, shown, subject, stopped)] as const,
          ),
        );
        if (stopped.aborted) return;
        for (const [metric, content] of contents) {
          const card =
            charts.get(metric) ??
            addCard(cards, charts, { metric, content, source, onZoom: (range) => go({ range }) });
          card.show(content, shown);
        }
        notice.clear();
      } catch (error) {
        if (!stopped.aborted) notice.show(error);
      }
    };
    signal.addEventListener('abort', () => charts.forEach(({ chart }) => chart.dispose()));
    poll(load, typeof choice.range === 'string' ? INTERVAL_MS : 4 * INTERVAL_MS, signal);
  };
}

/** The control that led here. The view is made anew, and who uses the keyboard goes on where they were. */
let pressed: string | undefined;

function nameOf(control: Element | null): string | undefined {
  if (control instanceof HTMLInputElement) return control.labels?.[0]?.textContent ?? undefined;
  return control instanceof HTMLSelectElement ? control.id : (control?.textContent ?? undefined);
}

function focusAgain(controls: HTMLElement): void {
  if (pressed === undefined) return;
  const all = [...controls.querySelectorAll<HTMLElement>('button, input, select')];
  all.find((control) => nameOf(control) === pressed)?.focus({ preventScroll: true });
  pressed = undefined;
}

/** The range ends now, or where a zoom has put it; the detail is the chosen one where that is possible. */
function decide(choice: ChartChoice, source: ChartSource, nowMs: number): Shown {
  const range =
    typeof choice.range === 'string' ? { fromMs: nowMs - RANGES[choice.range], toMs: nowMs } : choice.range;
  const lengthMs = range.toMs - range.fromMs;
  const withRaw = source.readings !== undefined;
  const asked = choice.detail;
  const possible = asked !== 'auto' && (withRaw || asked !== 'raw') && isShowable(asked, lengthMs);
  return { range, detail: possible ? asked : detailFor(lengthMs, withRaw) };
}

/** Those of the address that there are; without any, the first. */
function chosenMetrics(choice: ChartChoice, subject: Subject): string[] {
  const chosen = subject.metrics.filter((metric) => choice.metrics.includes(metric));
  return chosen.length > 0 ? chosen : subject.metrics.slice(0, 1);
}

async function contentOf(
  source: ChartSource,
  metric: string,
  { range, detail }: Shown,
  subject: Subject | undefined,
  signal: AbortSignal,
): Promise<ChartContent> {
  if (detail !== 'raw') {
    const { windows, unit } = await source.windows(metric, detail, range, signal);
    return { kind: 'windows', windows, unit };
  }
  const readings = (await source.readings?.(metric, range, signal)) ?? [];
  return { kind: 'readings', readings, unit: subject?.units[metric] };
}

interface ChartCard {
  readonly chart: MetricChart;
  show(content: ChartContent, shown: Shown): void;
}

interface CardOptions {
  metric: string;
  /** The first content: it says what kind of chart is needed. A view never changes from one kind to the other. */
  content: ChartContent;
  source: ChartSource;
  onZoom(range: TimeRangeMs): void;
}

function addCard(cards: HTMLElement, charts: Map<string, ChartCard>, options: CardOptions): ChartCard {
  const { metric, content: first, source, onZoom } = options;
  const chart = (first.kind === 'windows' ? windowChart : readingChart)({ metric, unit: first.unit, onZoom });
  const what = element('span', { class: 'caption' });
  const save = element('button', { type: 'button', class: 'quiet' }, 'Save as CSV');
  const empty = element('p', { class: 'empty' }, 'There is nothing in this range.');
  let current = first;
  save.addEventListener('click', () => {
    const text =
      current.kind === 'windows' ? windowsCsv(current.windows) : readingsCsv(metric, current.readings);
    saveText(`${source.id}-${metric}.csv`, text);
  });
  if (charts.size === 0) cards.replaceChildren();
  cards.append(
    element(
      'section',
      { class: 'card', 'aria-label': metric },
      element('div', { class: 'card-title' }, element('h2', {}, metric), what, save),
      empty,
      chart.element,
    ),
  );
  const card: ChartCard = {
    chart,
    show: (content, { range, detail }) => {
      current = content;
      const size = content.kind === 'windows' ? content.windows.length : content.readings.length;
      fill(
        what,
        size === 0
          ? detailName(detail)
          : `${size} ${content.kind === 'windows' ? detailName(detail) : 'readings'}`,
      );
      empty.hidden = size > 0;
      chart.element.hidden = size === 0;
      save.disabled = size === 0;
      chart.setContent(content, range);
    },
  };
  charts.set(metric, card);
  return card;
}

function controlsOf(
  choice: ChartChoice,
  shown: Shown,
  source: ChartSource,
  subject: Subject,
  go: (changes: Partial<ChartChoice>) => void,
): HTMLElement[] {
  const chosen = chosenMetrics(choice, subject);
  const metrics = subject.metrics.map((metric) => {
    const box = element('input', { type: 'checkbox', checked: chosen.includes(metric) });
    box.addEventListener('change', () => {
      const others = chosen.filter((name) => name !== metric);
      go({ metrics: box.checked ? [...others, metric] : others });
    });
    return element('label', { class: 'choice' }, box, metric);
  });
  const names = Object.keys(RANGES) as RangeName[];
  const ranges = names.map((range) =>
    element(
      'button',
      {
        type: 'button',
        'aria-pressed': String(choice.range === range),
        onclick: () => go({ range, detail: 'auto' }),
      },
      range,
    ),
  );
  return [
    element('fieldset', { class: 'group' }, element('legend', {}, 'Metrics'), ...metrics),
    element('fieldset', { class: 'group' }, element('legend', {}, 'Range'), ...ranges, ...zoomed(choice, go)),
    element(
      'div',
      { class: 'group' },
      element('label', { for: 'detail' }, 'Detail'),
      detailSelect(choice, shown, source, go),
    ),
  ];
}

/** What a zoom shows, and the way out of it. */
function zoomed(choice: ChartChoice, go: (changes: Partial<ChartChoice>) => void): HTMLElement[] {
  if (typeof choice.range === 'string') return [];
  const { fromMs, toMs } = choice.range;
  const middleMs = (fromMs + toMs) / 2;
  const lengthMs = toMs - fromMs;
  const wider = { fromMs: Math.round(middleMs - lengthMs), toMs: Math.round(middleMs + lengthMs) };
  return [
    element('span', { class: 'zoomed' }, `${formatLocalTime(fromMs)} – ${formatLocalTime(toMs)}`),
    element('button', { type: 'button', onclick: () => go({ range: wider, detail: 'auto' }) }, 'Zoom out'),
    element('button', { type: 'button', onclick: () => go({ range: '1h', detail: 'auto' }) }, 'Live'),
  ];
}

function detailSelect(
  choice: ChartChoice,
  { range, detail }: Shown,
  source: ChartSource,
  go: (changes: Partial<ChartChoice>) => void,
): HTMLElement {
  const lengthMs = range.toMs - range.fromMs;
  const possible = DETAILS.filter(
    (each) => (each !== 'raw' || source.readings !== undefined) && isShowable(each, lengthMs),
  );
  const automatic = detailFor(lengthMs, source.readings !== undefined);
  const select = element(
    'select',
    { id: 'detail' },
    element('option', { value: 'auto' }, `auto (${detailName(automatic)})`),
    ...possible.map((each) =>
      element(
        'option',
        { value: each, selected: choice.detail === each && detail === each },
        detailName(each),
      ),
    ),
  );
  select.addEventListener('change', () => {
    go({ detail: DETAILS.find((each) => each === select.value) ?? 'auto' });
  });
  return select;
}
