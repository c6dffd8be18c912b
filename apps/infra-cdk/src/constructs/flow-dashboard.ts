import { METRIC } from '@weir/metric-names';
import { Duration } from 'aws-cdk-lib';
import {
  Color,
  Dashboard,
  GraphWidget,
  MathExpression,
  PeriodOverride,
  SingleValueWidget,
  TextWidget,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { functionNames, type FunctionName } from '../function-bundles.js';
import { weirMetric, type Reading } from '../metrics/metric.js';
import {
  latePercent,
  objectsIn,
  ofApi,
  ofArchive,
  ofFunction,
  ofMapping,
  ofStream,
  ofTable,
  quarantinedPercent,
  tableSystemErrors,
  tableThrottles,
} from '../metrics/resource-metrics.js';
import type { ResourceNames } from '../resource-names.js';
import type { Stage, StageConfig } from '../stage-config.js';

export interface FlowDashboardProps {
  readonly names: ResourceNames;
  readonly config: StageConfig;
  readonly mappingId: string;
}

/** A dashboard is 24 units wide. */
const dashboardWidth = 24;
const graphHeight = 6;

const sum = (label: string): Reading => ({ statistic: 'Sum', minutes: 1, label });
const highest = (label: string): Reading => ({ statistic: 'Maximum', minutes: 1, label });
const p99 = (label: string): Reading => ({ statistic: 'p99', minutes: 1, label });

/** One page that follows a reading: the promise to consumers on top, then the stations in the order of the flow. */
export class FlowDashboard extends Construct {
  constructor(scope: Construct, id: string, props: FlowDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: props.names.prefix,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        ...freshness(props),
        ...devices(props),
        ...api(props, 'ingest', 'Ingest API', ['ingest-fn', 'authorizer-fn']),
        ...stream(props),
        ...processing(props),
        ...store(props),
        ...api(props, 'analytics', 'Analytics API', ['analytics-fn']),
        ...archive(props),
        ...costs(props),
      ],
    });
  }
}

/** A heading over widgets that share the width. */
function section(title: string, text: string, ...widgets: ((width: number) => IWidget)[]): IWidget[][] {
  const width = Math.floor(dashboardWidth / widgets.length);
  const heading = new TextWidget({ markdown: `## ${title}\n${text}`, width: dashboardWidth, height: 2 });
  return [[heading], widgets.map((widget) => widget(width))];
}

interface Limit {
  readonly value: number;
  readonly label: string;
}

function graph(
  title: string,
  left: readonly IMetric[],
  { right = [], limit }: { right?: readonly IMetric[]; limit?: Limit } = {},
): (width: number) => IWidget {
  return (width) =>
    new GraphWidget({
      title,
      width,
      height: graphHeight,
      left: [...left],
      right: [...right],
      leftYAxis: { min: 0 },
      ...(right.length > 0 && { rightYAxis: { min: 0 } }),
      ...(limit && { leftAnnotations: [{ ...limit, color: Color.RED }] }),
    });
}

function freshness({ config }: FlowDashboardProps): IWidget[][] {
  const { stage, monitoring } = config;
  const { targetSeconds, objectivePermille } = monitoring.freshness;
  const budgetPercent = (1_000 - objectivePermille) / 10;
  const age = (statistic: string) =>
    weirMetric(stage, 'process-fn', METRIC.freshness, { statistic, minutes: 1, label: statistic });
  return section(
    'Freshness',
    `The objective: ${100 - budgetPercent} % of the batches are queryable within ${targetSeconds} s of the receipt of their oldest reading.`,
    graph('From receipt to queryable, ms', [age('p50'), age('p99'), age('Maximum')], {
      limit: { value: targetSeconds * 1_000, label: 'target' },
    }),
    graph('Late batches, %', [latePercent(stage, targetSeconds, 5), latePercent(stage, targetSeconds, 60)], {
      limit: { value: budgetPercent, label: 'budget' },
    }),
    (width) =>
      new SingleValueWidget({
        title: 'Late batches in the last day, %',
        width,
        height: graphHeight,
        metrics: [latePercent(stage, targetSeconds, 1_440)],
      }),
  );
}

/** A count of process-fn's, a minute. */
function settled(stage: Stage, name: Parameters<typeof weirMetric<'process-fn'>>[2], label: string): IMetric {
  return weirMetric(stage, 'process-fn', name, sum(label));
}

function devices({ config: { stage } }: FlowDashboardProps): IWidget[][] {
  const ingest = (name: Parameters<typeof weirMetric<'ingest-fn'>>[2], label: string) =>
    weirMetric(stage, 'ingest-fn', name, sum(label));
  return section(
    'Devices',
    'What they send, and what of it was promised to be kept.',
    graph('Readings a minute', [
      ingest(METRIC.readingsAccepted, 'accepted'),
      ingest(METRIC.readingsRejected, 'rejected'),
    ]),
    graph('Envelopes a minute', [
      ingest(METRIC.envelopesPublished, 'published'),
      ingest(METRIC.publishRetries, 'sent again'),
    ]),
  );
}

function api(
  { names, config }: FlowDashboardProps,
  name: 'ingest' | 'analytics',
  title: string,
  functions: readonly FunctionName[],
): IWidget[][] {
  const functionGraph = (of: FunctionName) =>
    graph(
      of,
      [ofFunction(names, of, 'Errors', sum('errors')), ofFunction(names, of, 'Throttles', sum('throttles'))],
      { right: [ofFunction(names, of, 'Duration', p99('duration p99, ms'))] },
    );
  return section(
    title,
    'Requests, what went wrong, and how long they took.',
    graph('Requests a minute', [
      ofApi(names, name, 'Count', sum('requests')),
      ofApi(names, name, '4XXError', sum('4xx')),
      ofApi(names, name, '5XXError', sum('5xx')),
    ]),
    graph(
      'Latency, ms',
      [
        ofApi(names, name, 'Latency', { statistic: 'p50', minutes: 1, label: 'p50' }),
        ofApi(names, name, 'Latency', p99('p99')),
      ],
      { limit: { value: config.monitoring.latencyP99MaxMs[name], label: 'p99 alarm' } },
    ),
    ...functions.map(functionGraph),
  );
}

function stream({ names }: FlowDashboardProps): IWidget[][] {
  return section(
    'Stream',
    'What goes in, what is refused, and how far its slowest consumer is behind.',
    graph('Into the stream', [ofStream(names, 'IncomingRecords', sum('records'))], {
      right: [ofStream(names, 'IncomingBytes', sum('bytes'))],
    }),
    graph('Refused', [
      ofStream(names, 'WriteProvisionedThroughputExceeded', sum('writes')),
      ofStream(names, 'ReadProvisionedThroughputExceeded', sum('reads')),
    ]),
    graph('Behind, ms', [
      ofFunction(names, 'process-fn', 'IteratorAge', highest('process-fn')),
      ofStream(names, 'GetRecords.IteratorAgeMilliseconds', highest('slowest consumer')),
    ]),
  );
}

function processing({ names, config: { stage }, mappingId }: FlowDashboardProps): IWidget[][] {
  return section(
    'Processing',
    'What became of the points, and the function that does it.',
    graph('Points a minute', [
      settled(stage, METRIC.pointsStored, 'stored'),
      settled(stage, METRIC.pointsDuplicate, 'duplicate'),
      settled(stage, METRIC.pointsSuperseded, 'superseded'),
    ]),
    graph(
      'process-fn',
      [
        ofFunction(names, 'process-fn', 'Errors', sum('errors')),
        ofFunction(names, 'process-fn', 'Throttles', sum('throttles')),
        settled(stage, METRIC.recordsUnfinished, 'records left for another attempt'),
      ],
      {
        right: [
          ofFunction(names, 'process-fn', 'Duration', p99('duration p99, ms')),
          weirMetric(stage, 'process-fn', METRIC.batchLatency, p99('of it the batch itself, p99, ms')),
        ],
      },
    ),
    graph('Records', [
      ofMapping(mappingId, 'PolledEventCount', sum('polled')),
      ofMapping(mappingId, 'OnFailureDestinationDeliveredEventCount', sum('given up, to the quarantine')),
      ofMapping(mappingId, 'DroppedEventCount', sum('dropped')),
    ]),
  );
}

function store({ names, config: { stage } }: FlowDashboardProps): IWidget[][] {
  return section(
    'Store',
    'What is asked of the table, and what it refuses.',
    graph('Capacity units a minute', [
      ofTable(names, 'ConsumedWriteCapacityUnits', sum('written')),
      ofTable(names, 'ConsumedReadCapacityUnits', sum('read')),
    ]),
    graph('Refused or failed', [tableThrottles(names, 1), tableSystemErrors(names, 1)]),
    graph('Contention', [
      settled(stage, METRIC.writeConflicts, 'conflicting writes'),
      settled(stage, METRIC.storeRetries, 'requests tried again'),
    ]),
    graph('Blocks that were remembered, %', [rememberedPercent(stage)]),
  );
}

/** The hit ratio of the cache in process-fn's containers. */
function rememberedPercent(stage: Stage): IMetric {
  const count = (name: Parameters<typeof weirMetric<'process-fn'>>[2]) =>
    weirMetric(stage, 'process-fn', name, { statistic: 'Sum', minutes: 5 });
  const remembered = count(METRIC.blocksRemembered);
  return new MathExpression({
    expression: '100 * remembered / (remembered + lookedUp)',
    label: 'remembered',
    usingMetrics: { remembered, lookedUp: count(METRIC.blocksLookedUp) },
    period: remembered.period,
  });
}

function archive({ names, config }: FlowDashboardProps): IWidget[][] {
  const { stage } = config;
  return section(
    'Archive and quarantine',
    'Every envelope, and what could not be stored.',
    graph(
      'Archive: oldest undelivered, s',
      [ofArchive(names, 'DeliveryToS3.DataFreshness', highest('age'))],
      {
        limit: { value: config.archive.bufferSeconds + 900, label: 'alarm' },
      },
    ),
    graph(
      'Into the quarantine',
      [
        settled(stage, METRIC.pointsQuarantined, 'points'),
        settled(stage, METRIC.recordsQuarantined, 'records'),
      ],
      { right: [quarantinedPercent(stage, 5)] },
    ),
    graph('Objects', [objectsIn(names.quarantineBucket)], {
      right: [objectsIn(names.archiveBucket)],
    }),
  );
}

/** What is paid for, in its units; docs/deploy.md has the prices. */
function costs({ names, config: { stage } }: FlowDashboardProps): IWidget[][] {
  const accepted = weirMetric(stage, 'ingest-fn', METRIC.readingsAccepted, { statistic: 'Sum', minutes: 60 });
  const written = ofTable(names, 'ConsumedWriteCapacityUnits', { statistic: 'Sum', minutes: 60 });
  const perReading = new MathExpression({
    expression: 'written / accepted',
    label: 'write units a reading',
    usingMetrics: { written, accepted },
    period: accepted.period,
  });
  const hourly = (label: string): Reading => ({ statistic: 'Sum', minutes: 60, label });
  return section(
    'Cost units',
    'What AWS charges for, an hour. Prices are in docs/deploy.md.',
    graph('Write units a reading', [perReading]),
    graph('Requests', [
      ofApi(names, 'ingest', 'Count', hourly('ingest')),
      ofApi(names, 'analytics', 'Count', hourly('analytics')),
    ]),
    graph(
      'Function time, ms',
      functionNames.map((name) => ofFunction(names, name, 'Duration', hourly(name))),
    ),
    graph('Archive, bytes', [ofArchive(names, 'DeliveryToS3.Bytes', hourly('delivered'))]),
  );
}
