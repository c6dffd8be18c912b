import type uPlot from 'uplot';

import { themeColour } from './theme.js';

/** A line in a colour of the theme. */
export function line(label: string, colour: string, options: Partial<uPlot.Series> = {}): uPlot.Series {
  return {
    label,
    stroke: () => themeColour(colour),
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
