import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEmbeddedMetrics } from './embedded-metrics.js';
import { LogCollector } from './log-collector.js';
import { MetricSums, prometheusText } from './metric-sums.js';

function emf(
  members: object,
  metrics: object[] = [{ Name: 'Stored', Unit: 'Count' }],
  Dimensions = [['service']],
): string {
  const directive = { Namespace: 'Weir', Dimensions, Metrics: metrics };
  return JSON.stringify({
    _aws: { Timestamp: 1, CloudWatchMetrics: [directive] },
    service: 'process',
    ...members,
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
describe('parseEmbeddedMetrics', () => {
  it('reads numbers and lists of numbers', () => {
    const common = { namespace: 'Weir', name: 'Stored', unit: 'Count', dimensions: { service: 'process' } };
    expect(parseEmbeddedMetrics(emf({ Stored: 3 }))).toEqual([{ ...common, values: [3] }]);
    expect(parseEmbeddedMetrics(emf({ Stored: [1, 2.5] }))).toEqual([{ ...common, values: [1, 2.5] }]);
  });

  it('counts a metric once for each dimension set', () => {
    const line = emf({ Stored: 3, stage: 'dev' }, undefined, [['service'], ['service', 'stage'], []]);
    expect(parseEmbeddedMetrics(line).map(({ dimensions }) => dimensions)).toEqual([
      { service: 'process' },
      { service: 'process', stage: 'dev' },
      {},
    ]);
  });

  it.each([
    'plain text',
    '{"level":"INFO","message":"\\"CloudWatchMetrics\\""}',
    '{"_aws":{"CloudWatchMetrics":"none"}}',
    '{"CloudWatchMetrics"',
    emf({}),
    emf({ Stored: 'three' }),
    emf({ Stored: 3, service: 7 }),
  ])('finds nothing in %s', (line) => {
    expect(parseEmbeddedMetrics(line)).toEqual([]);
  });
});

describe('MetricSums', () => {
  it('sums by namespace, name and dimensions, whatever their order', () => {
    const sums = new MetricSums();
    const sample = { namespace: 'Weir', name: 'Stored', unit: 'Count' };
    sums.add({ ...sample, dimensions: { a: '1', b: '2' }, values: [1, 4] });
    sums.add({ ...sample, dimensions: { b: '2', a: '1' }, values: [-2] });
    sums.add({ ...sample, dimensions: {}, values: [7] });
    expect(sums.list()).toEqual([
      expect.objectContaining({ dimensions: { a: '1', b: '2' }, count: 3, sum: 3, min: -2, max: 4 }),
      expect.objectContaining({ dimensions: {}, count: 1, sum: 7 }),
    ]);
  });

  it('speaks Prometheus', () => {
    const sums = new MetricSums();
    sums.add({
      namespace: 'AWS/Lambda',
      name: 'Stored',
      unit: 'Count',
      dimensions: { 'a-b': 'x"\\\n' },
      values: [1, 2],
    });
    expect(prometheusText(sums.list())).toBe(
      '# TYPE AWS_Lambda_Stored summary\nAWS_Lambda_Stored_sum{a_b="x\\"\\\\\\n"} 3\nAWS_Lambda_Stored_count{a_b="x\\"\\\\\\n"} 2\n',
    );
  });

  it('refuses more series than fit, and counts what it refused', () => {
    const sums = new MetricSums();
    for (let device = 0; device < 10_001; device += 1) {
      sums.add({
        namespace: 'n',
        name: 'm',
        unit: 'None',
        dimensions: { device: String(device) },
        values: [1],
      });
    }
    expect(sums.list()).toHaveLength(10_000);
    expect(sums.refusedSamples()).toBe(1);
  });
});

describe('LogCollector', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a line of JSON for each line of a log, and sums its metrics', () => {
    const collector = new LogCollector({ folder, onTrouble: () => undefined });
    const line = { functionName: 'fn', timestampMs: 0, stream: 'stdout' as const };
    collector.add({ ...line, requestId: 'r', message: emf({ Stored: 2 }) });
    collector.add({ ...line, message: 'hello' });
    collector.close();
    const lines = readFileSync(join(folder, 'fn.ndjson'), 'utf8').trim().split('\n');
    expect(lines.map((text) => JSON.parse(text) as object)).toEqual([
      { time: '1970-01-01T00:00:00.000Z', stream: 'stdout', requestId: 'r', message: emf({ Stored: 2 }) },
      { time: '1970-01-01T00:00:00.000Z', stream: 'stdout', message: 'hello' },
    ]);
    expect(collector.metrics.list()).toEqual([expect.objectContaining({ name: 'Stored', sum: 2 })]);
  });

  it('keeps the newest lines within its bound', () => {
    const collector = new LogCollector({ folder, fileBytesMax: 1_000, onTrouble: () => undefined });
    for (let index = 0; index < 100; index += 1) {
      collector.add({ functionName: 'fn', timestampMs: 0, stream: 'stderr', message: `line ${index}` });
    }
    collector.close();
    const files = ['fn.ndjson', 'fn.ndjson.1'].map((name) => join(folder, name));
    expect(files.every((file) => statSync(file).size <= 1_000)).toBe(true);
    expect(readFileSync(files[0] ?? '', 'utf8')).toContain('line 99');
    expect(existsSync(join(folder, 'fn.ndjson.2'))).toBe(false);
  });

  it('says once that it cannot write, and goes on', () => {
    const troubles: string[] = [];
    const collector = new LogCollector({
      folder: '/dev/null/logs',
      onTrouble: (message) => troubles.push(message),
    });
    const line = { functionName: 'fn', timestampMs: 0, stream: 'stdout' as const, message: 'x' };
    collector.add(line);
    collector.add(line);
    expect(troubles).toHaveLength(1);
  });
});
