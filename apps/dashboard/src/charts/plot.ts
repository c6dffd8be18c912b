import uPlot from 'uplot';

import { formatValue } from '../format.js';
import { THEME_CHANGED, themeColour } from './theme.js';

/** One chart on the page. */
export interface Plot {
  readonly element: HTMLElement;
  /** Puts other values in, without a flicker. @param range seconds since the epoch, the whole width of the chart */
  setData(data: uPlot.AlignedData, range: { min: number; max: number }): void;
  /** Shows or hides a series. */
  setVisible(index: number, visible: boolean): void;
  dispose(): void;
}

export interface PlotOptions {
  /** Read to who cannot see it. */
  readonly label: string;
  /** What the vertical axis counts, with its unit. */
  readonly axisLabel: string;
  readonly heightPx: number;
  readonly series: readonly uPlot.Series[];
  readonly bands?: readonly uPlot.Band[];
  /** The vertical axis begins at 0. */
  readonly fromZero?: boolean;
  /** The vertical axis has whole numbers only. */
  readonly whole?: boolean;
  /** The axis of time is left to a neighbour that has one. */
  readonly withoutTimes?: boolean;
  /** Charts of the same group show their cursors at the same time. */
  readonly group: string;
  /** A part of the range was dragged over, in seconds since the epoch. */
  onZoom?(fromS: number, toS: number): void;
  /** The cursor stands on a time, or on none. */
  onCursor?(index: number | null): void;
}

/** The width of the vertical axis: the same in all charts, so that their times stand below each other. */
const AXIS_WIDTH_PX = 52;
const TIME_AXIS_HEIGHT_PX = 42;
/** 1, 2, 5, 10 … */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();
const FONT = '12px system-ui, sans-serif';

/** Makes a chart that takes the width of its place, repaints with the theme, and is read with the arrow keys too. */
export function createPlot(options: PlotOptions): Plot {
  const place = document.createElement('div');
  place.className = 'plot';
  place.tabIndex = 0;
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', `${options.label}. The arrow keys move the cursor.`);
  const empty = [[], ...options.series.map(() => [])] as unknown as uPlot.AlignedData;
  let range = { min: 0, max: 1 };
  const plot = new uPlot(
    plotOptions(options, () => range),
    empty,
    place,
  );
  const resize = new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height: options.heightPx });
  });
  resize.observe(place);
  const repaint = (): void => plot.redraw(false, true);
  addEventListener(THEME_CHANGED, repaint);
  place.addEventListener('keydown', (event) => moveCursor(plot, event));
  place.addEventListener('blur', () => plot.setCursor({ left: -10, top: -10 }));
  return {
    element: place,
    setData: (data, next) => {
      range = next;
      const { left, top } = plot.cursor;
      plot.setData(data, true);
      // The values below a resting pointer are new.
      if (left !== undefined && left >= 0) plot.setCursor({ left, top: top ?? 0 });
    },
    setVisible: (index, visible) => plot.setSeries(index, { show: visible }),
    dispose: () => {
      resize.disconnect();
      removeEventListener(THEME_CHANGED, repaint);
      plot.destroy();
    },
  };
}

function plotOptions(options: PlotOptions, range: () => { min: number; max: number }): uPlot.Options {
  const { onZoom, onCursor } = options;
  return {
    width: 300,
    height: options.heightPx,
    padding: [10, 12, options.withoutTimes === true ? 8 : 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: options.group, setSeries: false },
      drag: { x: onZoom !== undefined, y: false, setScale: false },
      points: { size: 7 },
      y: false,
    },
    scales: {
      x: {
        time: true,
        range: (): [number, number] => [range().min, range().max],
      },
      y: { range: (_plot, min, max): [number, number] => valueRange(min, max, options.fromZero === true) },
    },
    axes: [
      {
        ...axisStyle(),
        show: options.withoutTimes !== true,
        space: 70,
        size: TIME_AXIS_HEIGHT_PX,
        values: timeTexts,
      },
      {
        ...axisStyle(),
        size: AXIS_WIDTH_PX,
        space: 24,
        ...(options.whole === true ? { incrs: WHOLE_STEPS } : {}),
        label: options.axisLabel,
        labelSize: 18,
        labelGap: 0,
        labelFont: FONT,
        values: (_plot, values) => values.map(formatValue),
      },
    ],
    series: [{}, ...options.series],
    ...(options.bands === undefined ? {} : { bands: [...options.bands] }),
    hooks: {
      setSelect: [
        (plot) => {
          if (onZoom === undefined || plot.select.width < 4) return;
          const { left, width } = plot.select;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
        },
      ],
      ...(onCursor === undefined ? {} : { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] }),
    },
  };
}

function axisStyle(): Pick<uPlot.Axis, 'stroke' | 'grid' | 'ticks' | 'font'> {
  const line = { stroke: () => themeColour('grid'), width: 1 };
  return { stroke: () => themeColour('muted'), grid: line, ticks: { ...line, size: 4 }, font: FONT };
}

const DAY_S = 86_400;

/** Local times; with the date where the day is another one than at the mark before. */
function timeTexts(_plot: uPlot, marks: number[], _axis: number, _space: number, stepS: number): string[] {
  let shownDay = '';
  return marks.map((mark) => {
    const time = new Date(mark * 1_000);
    const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    if (stepS >= DAY_S) return day;
    const seconds = stepS < 60 ? { second: '2-digit' as const } : {};
    const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...seconds });
    const text = day === shownDay ? clock : `${clock}\n${day}`;
    shownDay = day;
    return text;
  });
}

/** A little room above and below; a line that is flat gets room as well. */
function valueRange(min: number | null, max: number | null, fromZero: boolean): [number, number] {
  if (min === null || max === null) return [0, 1];
  const low = fromZero ? Math.min(0, min) : min;
  const size = max - low || Math.abs(max) * 0.1 || 1;
  return [fromZero && low === 0 ? 0 : low - 0.08 * size, max + 0.08 * size];
}

/** Moves the cursor to a neighbouring time, or to the first or last one. */
function moveCursor(plot: uPlot, event: KeyboardEvent): void {
  const times = plot.data[0];
  const last = times.length - 1;
  const at = plot.cursor.idx ?? null;
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: at === null ? last : Math.max(0, at - 1),
    ArrowRight: at === null ? 0 : Math.min(last, at + 1),
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  const time = target === undefined ? undefined : times[target];
  if (time === undefined) return;
  event.preventDefault();
  const { clientWidth, clientHeight } = plot.over;
  // The middle of the first window may lie before the range, and a cursor beside the chart would stand on nothing.
  const left = Math.min(Math.max(0, plot.valToPos(time, 'x')), clientWidth);
  plot.setCursor({ left, top: clientHeight / 2 });
}
