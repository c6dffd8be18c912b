import type { components } from './generated/analytics.v1.js';
import type { TimeInput } from './time-input.js';

type Schemas = components['schemas'];

/** The generated types take a property that has a default for one that is always there. */
type WithDefinitions<Entry> = Omit<Entry, 'metrics'> & { metrics?: Record<string, MetricDefinition> };

/** A device in the list, with its newest values. */
export type DeviceSummary = Schemas['DeviceSummary'];
/** How a metric is converted and checked. Everything may be left out, and is left out where it was not given. */
export type MetricDefinition = Partial<Schemas['MetricDefinition']>;
/** A registry entry as stored. */
export type Device = WithDefinitions<Schemas['Device']>;
/** A registry entry as sent. */
export type DeviceUpdate = WithDefinitions<Schemas['DeviceUpdate']>;
/** One reading as stored. */
export type StoredReading = Schemas['StoredReading'];
/** Statistics of one metric over the half-open window [start, end). */
export type AggregateWindow = Schemas['AggregateWindow'];
/** Length of a window: `1m`, `10m`, `1h` or `1d`. */
export type Resolution = Schemas['Resolution'];

export type DevicePage = Schemas['DevicePage'];
export type ReadingPage = Schemas['ReadingPage'];
export type DeviceAggregatePage = Schemas['DeviceAggregatePage'];
export type SiteAggregatePage = Schemas['SiteAggregatePage'];

export interface DevicesQuery {
  /** Only devices of this site. */
  siteId?: string;
  /** Only devices whose id begins with this, in the same upper and lower case. */
  prefix?: string;
  /** Devices a page, 1 to 100 (50 by default). Iteration goes over all pages whatever it is. */
  limit?: number;
}

/** The half-open range [from, to). */
export interface TimeRange {
  from: TimeInput;
  to: TimeInput;
}

export interface ReadingsQuery extends TimeRange {
  deviceId: string;
  /** Only this metric; readings without it are left out. */
  metric?: string;
  /** By timestamp; `asc` by default. */
  order?: 'asc' | 'desc';
  /** Readings a page, 1 to 5,000 (1,000 by default). */
  limit?: number;
}

/** `from` is rounded down to a window's start, `to` up to a window's end. */
export interface WindowsQuery extends TimeRange {
  metric: string;
  resolution: Resolution;
  /** Windows a page, 1 to 1,000 (500 by default). */
  limit?: number;
}

export interface AggregatesQuery extends WindowsQuery {
  deviceId: string;
}

export interface SiteAggregatesQuery extends WindowsQuery {
  siteId: string;
}
