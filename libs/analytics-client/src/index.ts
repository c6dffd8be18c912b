export { createAnalyticsClient } from './analytics-client.js';
export type { AnalyticsClient, AnalyticsClientOptions, RequestOptions } from './analytics-client.js';
export type {
  AggregatesQuery,
  AggregateWindow,
  Device,
  DeviceAggregatePage,
  DevicePage,
  DevicesQuery,
  DeviceSummary,
  DeviceUpdate,
  MetricDefinition,
  ReadingPage,
  ReadingsQuery,
  Resolution,
  SiteAggregatePage,
  SiteAggregatesQuery,
  StoredReading,
  TimeRange,
  WindowsQuery,
} from './model.js';
export type { Page, PagedList } from './paged-list.js';
export type { TimeInput } from './time-input.js';
export { WeirProblemError, WeirTransportError } from '@weir/client-core';
export type {
  ClientRuntime,
  FetchFunction,
  FieldError,
  ProblemCode,
  RetryEvent,
  RetryOptions,
  TokenSource,
  TransportErrorCode,
} from '@weir/client-core';
