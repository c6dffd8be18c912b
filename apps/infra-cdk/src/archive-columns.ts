/** A column of the Glue catalogue, with its type as Hive calls it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

/**
 * The members of an envelope (`libs/telemetry-schema/src/envelope.ts`). The serde finds members whatever their case, and
 * leaves the names of metrics, which are keys of a map, as they are.
 */
export const envelopeColumns: readonly Column[] = [
  { name: 'version', type: 'int' },
  { name: 'receivedat', type: 'bigint', comment: 'When the request was taken, in epoch milliseconds.' },
  { name: 'requestid', type: 'string' },
  { name: 'trace', type: 'string', comment: 'As in the header X-Amzn-Trace-Id.' },
  {
    name: 'readings',
    type: 'array<struct<deviceid:string,timestamp:bigint,metrics:map<string,double>,revision:bigint>>',
    comment: 'As they were sent: the conversions of the registry come later.',
  },
];

/** The partition of an object: the hour in which Firehose began to gather it, UTC. */
export const arrivalHourColumn: Column = { name: 'arrival_hour', type: 'string', comment: 'yyyy/MM/dd/HH' };

const pointIdentity: readonly Column[] = [
  { name: 'device_id', type: 'string' },
  { name: 'timestamp_ms', type: 'bigint', comment: 'Epoch milliseconds.' },
  { name: 'metric', type: 'string' },
];

const pointValue: readonly Column[] = [
  { name: 'value', type: 'double' },
  { name: 'revision', type: 'bigint' },
  { name: 'received_at_ms', type: 'bigint', comment: 'Epoch milliseconds.' },
];

/** What the views yield, in the order of their SELECT. */
export const viewColumns = {
  points: [
    ...pointIdentity,
    ...pointValue,
    { name: 'request_id', type: 'string' },
    { name: 'position', type: 'bigint', comment: 'Of the reading within its envelope, from 1.' },
    arrivalHourColumn,
  ],
  distinct_points: [...pointIdentity, ...pointValue],
} as const satisfies Readonly<Record<string, readonly Column[]>>;
