import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import { COUNTED_UNITS, type CpuMicros, type StoringUnits } from './counted-units.js';
import { STAGE_SETTINGS, type Stage, type StageSettings } from './stage-settings.js';
import { UNIT_PRICES, type Charge } from './unit-prices.js';

/** What is to be sent, and how soon it must be queryable. */
export interface Traffic {
  readonly devices: number;
  /** Seconds between two readings of a device. */
  readonly intervalSeconds: number;
  /** Metrics of a reading. */
  readonly metrics: number;
  /** Readings of a device in a request. */
  readonly perBatch: number;
  /** Devices in a request: 1 where each sends by itself. */
  readonly perGateway: number;
  /** Seconds from the request to the answer of a query that has its readings. */
  readonly freshnessSeconds: number;
  /** What Athena reads of the archive in a month. */
  readonly athenaGib: number;
}

/** How a stream is paid for: by the shard, or by the gigabyte. */
export const STREAM_MODES = ['provisioned', 'on-demand'] as const;
export type StreamMode = (typeof STREAM_MODES)[number];

/** What can be chosen for a stream. */
export interface Setting {
  readonly stage: Stage;
  readonly stream: StreamMode;
  /** On demand, those that Kinesis is taken to have opened. */
  readonly shards: number;
  /** Never two batches of one of these at once. */
  readonly deviceGroups: number;
  /** The batching window of process-fn. */
  readonly windowSeconds: number;
}

/** A month of a setting. */
export interface MonthlyCost extends Setting {
  readonly readings: number;
  /** Readings of a device that process-fn stores with one write. */
  readonly perWrite: number;
  /** Executions of process-fn at once, on average. */
  readonly processing: number;
  readonly quantities: Readonly<Record<Charge, number>>;
  readonly dollars: Readonly<Record<Charge, number>>;
  readonly total: number;
}

/** Write units of each design a reading, where `k` readings of a device come together; asserted in exactness.spec.ts. */
export const WRITE_UNITS: Readonly<Record<string, (k: number) => number>> = {
  'put per reading + ADD': (k) => 1 + 1 / k,
  'Powertools idempotency a reading + ADD': () => 3,
  'Powertools idempotency a Kinesis record + ADD': (k) => 3 / k,
  'transaction of marker + put + ADD': (k) => 2 + 2 / k,
  'watermark of the shard in the counter': (k) => 1 / k,
};

const HOURS = 730;
const SECONDS = HOURS * 3600;
const GIGABYTE = 1e9;
const KB = 1024;
/** In the blocks that were counted. */
const READINGS_A_BLOCK = 60;
/** Of one shard, in a second (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html). */
const SHARD = { records: 1000, bytes: 1_000_000 };
/** process-fn and Firehose, each of which reads everything. */
const CONSUMERS = 2;
/** S3 moves no smaller object to a colder class (https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html). */
const MOVED_BYTES_MIN = 128 * KB;
/** What API Gateway measures of a method: requests, 4xx, 5xx, latency, and latency of the integration. */
const METRICS_A_METHOD = 5;
/** For so long Kinesis, DynamoDB and CloudWatch Logs are taken to use what KMS has given them. */
const KEY_CACHE_SECONDS = 300;
/** Who has the stream's records encrypted or decrypted: ingest-fn, process-fn and Firehose; the table's: process-fn and analytics-fn. */
const KEY_USERS = { stream: 3, table: 2 };
/** The stream's retention that the shard-hour and the on-demand GB include. */
const RETENTION_HOURS_INCLUDED = 24;
const CHUNK_BYTES_FIREHOSE = 5 * KB;
const CHUNK_BYTES_KINESIS = 25 * KB;
/** Devices that process-fn works on at once. */
const DEVICE_CONCURRENCY = 16;

/** GB of memory, and the share of a processor that Lambda gives for it: a whole one for 1,769 MB. */
const MEMORY = {
  ingest: { gigabytes: 1, processors: 1024 / 1769 },
  process: { gigabytes: 1.73, processors: 1 },
};

/** What no benchmark can count. */
const ASSUMED = {
  /** Seconds from a function to the service and back. */
  publishSeconds: 0.01,
  storeSeconds: 0.005,
  /** The access log's line and those that Lambda writes of an invocation. */
  accessLogBytes: 500,
  platformLogBytes: 400,
  retentionDays: 30,
  /** CloudWatch Logs keeps them compressed, as the AWS Pricing Calculator takes it. */
  logCompression: 0.15,
  /** Nothing of the archive ever expires: so long after the first reading. */
  archiveDays: 365,
  /** What goes out beside a body: headers of an answer. */
  headerBytes: 400,
  queryAnswerBytes: 4_000,
  /** Of one table row, for all metrics that Weir's functions emit; a test counts them. */
  ownMetrics: 21,
  compositeAlarms: 2,
  dashboards: 1,
  machineClients: 1,
  /** One that all devices share. */
  tokensAnHour: 1,
  /** Five people have a chart open for an hour on each of 20 days: it asks 26 times a minute and loads five files. */
  people: 5,
  queriesOfAPerson: 20 * 60 * 26,
  filesOfAPerson: 20 * 5,
  hoursOfAPerson: 20,
  /** The five files together, compressed; the site holds a few versions of them. */
  pageBytes: 300_000,
  siteBytes: 5_000_000,
};

/** As few shards as the limits of records and bytes allow. */
export function shardsFor(traffic: Traffic, deviceGroups: number = DEVICE_GROUPS.fallback): number {
  return Math.max(1, ...Object.values(shardsByLimit(traffic, deviceGroups)));
}

/** As few shards as each limit allows. */
export function shardsByLimit(traffic: Traffic, deviceGroups: number) {
  const { records, bytes } = streamOf(traffic, deviceGroups);
  return { records: wholeUp(records / SHARD.records), bytes: wholeUp(bytes / SHARD.bytes) };
}

/** Rounded up, but for what is only an error of floating-point arithmetic. */
function wholeUp(value: number): number {
  return Math.ceil(Number(value.toPrecision(12)));
}

/** What a month of this setting costs. */
export function costOf(traffic: Traffic, setting: Setting): MonthlyCost {
  const { shards, deviceGroups, windowSeconds } = setting;
  const stage = STAGE_SETTINGS[setting.stage];
  const { devices, intervalSeconds, perBatch, perGateway } = traffic;
  const readings = (devices * SECONDS) / intervalSeconds;
  const stream = streamOf(traffic, deviceGroups);
  const requests = stream.requests * SECONDS;
  const records = stream.records * SECONDS;
  const batchesAtOnce = Math.min(shards * stage.parallelizationFactor, deviceGroups);
  // A batch that is full does not wait for its window to end.
  const gatheringSeconds = Math.min(windowSeconds, (batchesAtOnce * stage.batchSize) / stream.records);
  const perWrite = perBatch * Math.max(1, Math.floor(gatheringSeconds / (intervalSeconds * perBatch)));
  const byWindow = Math.min(records, (batchesAtOnce * SECONDS) / Math.max(1, windowSeconds));
  const runs = Math.max(byWindow, records / stage.batchSize);
  const devicesARun = readings / perWrite / runs;
  const storing = storingOf(traffic);
  const blocks = blocksOf(traffic, storing);
  const polls = Math.min(runs, (batchesAtOnce * SECONDS) / stage.registryCacheSeconds);
  const { process } = COUNTED_UNITS.cpuMicros;
  const processSeconds =
    cpuSeconds(process, devicesARun, devicesARun * perWrite) / MEMORY.process.processors +
    Math.ceil(devicesARun / DEVICE_CONCURRENCY) * ASSUMED.storeSeconds;
  const { aRequest, aBatch } = COUNTED_UNITS.logBytes;
  const logBytes =
    requests * (aRequest + ASSUMED.accessLogBytes + ASSUMED.platformLogBytes) +
    runs * (aBatch + ASSUMED.platformLogBytes);
  const queries = ASSUMED.people * ASSUMED.queriesOfAPerson;
  const archive = archiveQuantities(records * stream.bytesARecord, stage);
  const quantities: Record<Charge, number> = {
    apiRequests: requests,
    invocations: requests + runs,
    gigabyteSeconds:
      requests * ingestSeconds(perGateway, perBatch * perGateway) * MEMORY.ingest.gigabytes +
      runs * processSeconds * MEMORY.process.gigabytes,
    ...streamQuantities(setting, records, stream.bytesARecord, stage),
    writeUnits: (readings / perWrite) * storing.writeUnitsABatch + blocks * storing.writeUnitsABlock,
    readUnits: polls * storing.readUnitsAPoll + blocks * storing.readUnitsABlock,
    tableGigabytes: (readings * storing.storedBytesAReading * ASSUMED.retentionDays * 24) / HOURS / GIGABYTE,
    firehoseGigabytes:
      (records * Math.ceil(stream.bytesARecord / CHUNK_BYTES_FIREHOSE) * CHUNK_BYTES_FIREHOSE) / GIGABYTE,
    ...archive,
    athenaTebibytes: traffic.athenaGib / 1024,
    logGigabytes: logBytes / GIGABYTE,
    keptLogGigabytes: (logBytes * ASSUMED.logCompression * stage.logRetentionDays * 24) / HOURS / GIGABYTE,
    traces: tracesOf(requests),
    ownMetrics: ASSUMED.ownMetrics,
    alarmMetrics: stage.alarmMetrics,
    methodMetrics: methodMetrics(stage),
    compositeAlarms: ASSUMED.compositeAlarms,
    dashboards: ASSUMED.dashboards,
    ...keyQuantities(setting, archive.objects, stage),
    ...firewallQuantities(requests + queries, stage),
    answerGigabytes:
      (requests * (COUNTED_UNITS.answerBytes + ASSUMED.headerBytes) +
        queries * (ASSUMED.queryAnswerBytes + ASSUMED.headerBytes)) /
      GIGABYTE,
    machineClients: ASSUMED.machineClients,
    tokens: ASSUMED.tokensAnHour * HOURS,
    dashboardQueries: queries,
    ...siteQuantities(stage),
    people: ASSUMED.people,
  };
  const dollars = Object.fromEntries(
    Object.entries(quantities).map(([charge, quantity]) => {
      const { dollars: perUnits, units } = UNIT_PRICES[charge as Charge];
      return [charge, (quantity / units) * perUnits];
    }),
  ) as Record<Charge, number>;
  const total = Object.values(dollars).reduce((sum, each) => sum + each, 0);
  return {
    ...setting,
    readings,
    perWrite,
    processing: (runs * processSeconds) / SECONDS,
    quantities,
    dollars,
    total,
  };
}

/** What a month of the stream is charged for. */
function streamQuantities(
  { stream, shards }: Setting,
  records: number,
  bytesARecord: number,
  { retentionHours }: StageSettings,
) {
  const written = (records * Math.ceil(bytesARecord / KB) * KB) / GIGABYTE;
  const read = (CONSUMERS * records * bytesARecord) / GIGABYTE;
  const provisioned = stream === 'provisioned';
  return {
    shardHours: provisioned ? shards * HOURS : 0,
    payloadUnits: provisioned ? records * Math.ceil(bytesARecord / CHUNK_BYTES_KINESIS) : 0,
    retentionShardHours: provisioned && retentionHours > RETENTION_HOURS_INCLUDED ? shards * HOURS : 0,
    streamHours: provisioned ? 0 : HOURS,
    streamInGigabytes: provisioned ? 0 : written,
    streamOutGigabytes: provisioned ? 0 : read,
    streamKeptGigabytes: provisioned ? 0 : (written * (retentionHours - RETENTION_HOURS_INCLUDED)) / HOURS,
  };
}

/** Of an archive that has been written to for a year. Objects that are too small to move stay where they are. */
function archiveQuantities(bytesAMonth: number, stage: StageSettings) {
  const objects = Math.max(
    SECONDS / stage.archiveBufferSeconds,
    bytesAMonth / (stage.archiveBufferMib * KB * KB),
  );
  const moves = bytesAMonth / objects >= MOVED_BYTES_MIN;
  const warmDays = moves ? Math.min(stage.coldAfterDays, ASSUMED.archiveDays) : ASSUMED.archiveDays;
  const gigabytesADay = (bytesAMonth * 24) / HOURS / GIGABYTE;
  return {
    objects,
    archiveGigabytes: gigabytesADay * warmDays,
    coldGigabytes: gigabytesADay * (ASSUMED.archiveDays - warmDays),
    coldTransitions: warmDays < ASSUMED.archiveDays ? objects : 0,
  };
}

/** The methods of queries are measured, and charged, in the hours in which somebody asks. */
function methodMetrics({ measuredMethods }: StageSettings): number {
  const asked = Math.min(HOURS, ASSUMED.people * ASSUMED.hoursOfAPerson) / HOURS;
  return METRICS_A_METHOD * (measuredMethods.ingest + measuredMethods.analytics * asked);
}

/** Requests of each user of the stream for each shard, of the table and the logs, and one an object, though bucket keys save most of these. */
function keyQuantities({ shards }: Setting, objects: number, { keys, logGroups }: StageSettings) {
  const users = KEY_USERS.stream * shards + KEY_USERS.table + logGroups;
  return { keys, keyUses: keys === 0 ? 0 : (users * SECONDS) / KEY_CACHE_SECONDS + objects };
}

/** @param requests to both APIs */
function firewallQuantities(requests: number, { firewallRules }: StageSettings) {
  const firewalls = firewallRules > 0 ? 1 : 0;
  return { firewalls, firewallRules, firewallRequests: firewalls * requests };
}

/** The dashboard's static site, whose files S3 keeps and CloudFront hands out. */
function siteQuantities({ sites }: StageSettings) {
  const { people, filesOfAPerson, hoursOfAPerson, pageBytes, siteBytes } = ASSUMED;
  return {
    siteRequests: sites * people * filesOfAPerson,
    siteGigabytes: (sites * people * hoursOfAPerson * pageBytes) / GIGABYTE,
    siteStoredGigabytes: (sites * siteBytes) / GIGABYTE,
  };
}

/** Of the block length of which a block holds most nearly 60 readings; metrics between and beyond those counted in proportion. */
function storingOf({ intervalSeconds, metrics }: Traffic): StoringUnits {
  const distance = ({ blockMinutes }: StoringUnits): number =>
    Math.abs(Math.log((blockMinutes * 60) / intervalSeconds / READINGS_A_BLOCK));
  const nearest = Math.min(...COUNTED_UNITS.storing.map(distance));
  const [few, many] = COUNTED_UNITS.storing
    .filter((each) => distance(each) === nearest)
    .sort((one, other) => one.metrics - other.metrics) as [StoringUnits, StoringUnits];
  const share = (metrics - few.metrics) / (many.metrics - few.metrics);
  const at = (unit: Exclude<keyof StoringUnits, 'blockMinutes' | 'metrics'>): number =>
    Math.max(Math.min(1, few[unit]), few[unit] + share * (many[unit] - few[unit]));
  return {
    blockMinutes: few.blockMinutes,
    metrics,
    writeUnitsABatch: at('writeUnitsABatch'),
    readUnitsAPoll: at('readUnitsAPoll'),
    writeUnitsABlock: at('writeUnitsABlock'),
    readUnitsABlock: at('readUnitsABlock'),
    storedBytesAReading: at('storedBytesAReading'),
  };
}

/** At most one for each reading: a device that measures more rarely than once in a slot fills only some slots. */
function blocksOf({ devices, intervalSeconds }: Traffic, { blockMinutes }: StoringUnits): number {
  return devices * SECONDS * Math.min(1 / (blockMinutes * 60), 1 / intervalSeconds);
}

function cpuSeconds(cpu: CpuMicros, devices: number, readings: number): number {
  return (cpu.anInvocation + devices * cpu.aDevice + readings * cpu.aReading) / 1e6;
}

/** How long ingest-fn works on a request of so many devices and readings. */
export function ingestSeconds(devices: number, readings: number): number {
  const { processors } = MEMORY.ingest;
  return cpuSeconds(COUNTED_UNITS.cpuMicros.ingest, devices, readings) / processors + ASSUMED.publishSeconds;
}

/** X-Ray's default rule: a request a second, and 5 % of the others. */
function tracesOf(requests: number): number {
  const first = Math.min(requests, SECONDS);
  return first + 0.05 * (requests - first);
}

/** Weir's write units a reading, as counted. */
export function weirWriteUnits(traffic: Traffic, perWrite: number): number {
  const storing = storingOf(traffic);
  const readings = (traffic.devices * SECONDS) / traffic.intervalSeconds;
  return (
    storing.writeUnitsABatch / perWrite + (blocksOf(traffic, storing) * storing.writeUnitsABlock) / readings
  );
}

/** What comes onto the stream in a second. */
function streamOf({ devices, intervalSeconds, perBatch, perGateway, metrics }: Traffic, groups: number) {
  const requests = devices / intervalSeconds / (perBatch * perGateway);
  const recordsARequest = groups * (1 - (1 - 1 / groups) ** perGateway);
  const { itself, aReading, aMetric } = COUNTED_UNITS.envelopeBytes;
  const bytesARecord = itself + (perBatch * perGateway * (aReading + aMetric * metrics)) / recordsARequest;
  const records = requests * recordsARequest;
  return {
    requests,
    records,
    bytesARecord,
    bytes: records * bytesARecord,
  };
}
