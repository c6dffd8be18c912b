import type uPlot from 'uplot';

import { element } from '../element.js';
import { themeColour } from './theme.js';

/** In pixels, drawn and left out by turns; a colour that is not here is drawn through. Lines differ by more than colour. */
const DASHES: Readonly<Record<string, readonly number[]>> = {
  p50: [2, 3],
  p95: [6, 3],
  p99: [10, 3, 2, 3],
};

/** A line in a colour of the theme, with the dashes that go with it. */
export function line(label: string, colour: string, options: Partial<uPlot.Series> = {}): uPlot.Series {
  return {
    label,
    stroke: () => themeColour(colour),
    // uPlot takes widths in pixels of the page, but dashes in those of the screen.
    dash: (DASHES[colour] ?? []).map((lengthPx) => lengthPx * devicePixelRatio),
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...options,
  };
}

/** An edge of a band: the area between two of them is painted as well. */
export function edge(label: string): uPlot.Series {
  return line(label, 'band', { width: 1 });
}

const SVG = 'http://www.w3.org/2000/svg';
/** More than one turn of the longest dashes. */
const SWATCH_WIDTH_PX = 30;
const SWATCH_HEIGHT_PX = 10;

/** What a line, or a band, looks like: the mark before its name in a legend. */
export function swatch(colour: string): Element {
  if (colour === 'band') return element('span', { class: 'swatch band', 'aria-hidden': 'true' });
  const mark = document.createElementNS(SVG, 'svg');
  mark.setAttribute('class', `swatch ${colour}`);
  mark.setAttribute('aria-hidden', 'true');
  const sample = document.createElementNS(SVG, 'line');
  const middle = SWATCH_HEIGHT_PX / 2;
  const place = { x1: 0, y1: middle, x2: SWATCH_WIDTH_PX, y2: middle };
  for (const [name, value] of Object.entries(place)) sample.setAttribute(name, String(value));
  const dash = DASHES[colour];
  if (dash !== undefined) sample.setAttribute('stroke-dasharray', dash.join(' '));
  mark.append(sample);
  return mark;
}
