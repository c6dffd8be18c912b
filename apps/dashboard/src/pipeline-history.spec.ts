import type { MetricSum } from './local-runtime.js';
import { PipelineHistory, pipelineTotals, ratesBetween } from './pipeline-history.js';
import type { PipelineSample } from './pipeline-history.js';

function metric(name: string, sum: number, overrides: Partial<MetricSum> = {}): MetricSum {
  return {
    namespace: 'Weir',
    name,
    dimensions: { service: 'process-fn' },
    count: 1,
    sum,
    min: 0,
    max: sum,
    ...overrides,
  };
}

function sample(timeMs: number, ...metrics: MetricSum[]): PipelineSample {
  const state = {
    ready: true,
    stream: { records: 0, iteratorAgeMs: 0 },
    contractViolations: 0,
    refusedCalls: 0,
  };
  return { timeMs, totals: pipelineTotals(metrics), state };
}

describe('pipelineTotals', () => {
  it('adds up dimensions, and leaves out what is not of the way of a reading', () => {
    const totals = pipelineTotals([
      metric('WriteUnits', 5),
      metric('WriteUnits', 2, { dimensions: { service: 'process-fn', operation: 'seal' } }),
      metric('WriteUnits', 100, { dimensions: { service: 'analytics-fn' } }),
      metric('WriteUnits', 100, { namespace: 'AWS/DynamoDB' }),
      metric('Freshness', 900, { count: 3 }),
    ]);
    expect(totals).toMatchObject({
      writeUnits: 7,
      freshnessSumMs: 900,
      freshnessCount: 3,
      pointsDuplicate: 0,
    });
  });
});

describe('ratesBetween', () => {
  it('is what was added, by the time that it took', () => {
    const earlier = sample(1_000, metric('ReadingsAccepted', 10), metric('Freshness', 100, { count: 1 }));
    const later = sample(
      3_000,
      metric('ReadingsAccepted', 30),
      metric('PointsDuplicate', 8),
      metric('WriteUnits', 5),
      metric('Freshness', 700, { count: 4 }),
    );
    expect(ratesBetween(earlier, later)).toEqual({
      readingsPerSecond: 10,
      storedPerSecond: 0,
      duplicatesPerSecond: 4,
      freshnessMs: 200,
      writeUnitsPerReading: 0.25,
    });
  });

  it('tells of no freshness and no cost where nothing happened', () => {
    expect(ratesBetween(sample(0), sample(1_000))).toMatchObject({
      freshnessMs: null,
      writeUnitsPerReading: null,
    });
  });
});

describe('the history', () => {
  it('begins anew when the runtime has', () => {
    const history = new PipelineHistory();
    history.add(sample(0, metric('ReadingsAccepted', 10)));
    history.add(sample(1, metric('ReadingsAccepted', 20)));
    expect(history.list()).toHaveLength(2);
    history.add(sample(2, metric('ReadingsAccepted', 3)));
    expect(history.list().map(({ timeMs }) => timeMs)).toEqual([2]);
  });
});
