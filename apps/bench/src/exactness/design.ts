import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';

export type StreamFunction = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>;

/** Where a design works. */
export interface Place {
  readonly dynamo: DynamoDBClient;
  /** The same, for values of JavaScript. */
  readonly client: DynamoDBDocumentClient;
  /** With the keys `pk` and `sk`, empty. */
  readonly tableName: string;
  /** Milliseconds of the simulated time. */
  readonly clock: () => number;
}

/** Readings of a device in an hour, by {@link hourOf}. */
export type HourCounts = ReadonlyMap<string, number>;

/** A way to store readings and count them by hour. */
export interface Design {
  readonly name: string;
  readonly title: string;
  /** Whether the readings themselves are stored, to be queried. */
  readonly keepsReadings: boolean;
  /** What it does not do that Weir does, for the reader of the figures. */
  readonly lacks: string;
  /** A new container. */
  start(place: Place): Promise<StreamFunction>;
  /** What it would answer to a query for the counts of these devices. */
  counts(place: Place, devices: readonly string[], fromMs: number, toMs: number): Promise<HourCounts>;
}

const HOUR_MS = 3_600_000;

/** A device's hour, as a key. */
export function hourOf(deviceId: string, timestamp: number): string {
  return `${deviceId}@${new Date(Math.floor(timestamp / HOUR_MS) * HOUR_MS).toISOString()}`;
}
