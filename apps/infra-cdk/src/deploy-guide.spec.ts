import type { Template } from 'aws-cdk-lib/assertions';
import { functionMetrics } from './metrics/published-metrics.js';
import { stageConfig } from './stage-config.js';
import { metricReads } from './testing/metric-reads.js';
import { deployGuide } from './testing/repository-files.js';
import { makeWorkbench, templatesOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;
let data: Template;
let service: Template;

beforeAll(() => {
  bench = makeWorkbench();
  const config = stageConfig('dev');
  ({ data, service } = templatesOf(bench.app(config), config));
});

afterAll(() => bench.remove());

/** The cells of every row of the table of costs. */
function costRows(): string[][] {
  const rows = deployGuide()
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('*', '').trim()),
    );
  return rows.slice(2);
}

/** `43.8 M`, `$3.50 / M`, `1,460`: the number, and whether it is in millions. */
function amountOf(cell: string): { value: number; millions: boolean } {
  const value = Number(cell.replaceAll(/[$,/ M]/g, ''));
  if (cell === '' || Number.isNaN(value)) throw new Error(`no number: "${cell}"`);
  return { value, millions: cell.endsWith('M') };
}

const cents = (value: number) => Math.round(value * 100 + 1e-6);

describe('the costs in the deploy guide', () => {
  it('are each the quantity times the price', () => {
    const rows = costRows().slice(0, -1);
    expect(rows.length).toBeGreaterThan(15);
    for (const [charge, price = '', ...amounts] of rows) {
      for (const [quantity = '', amount = ''] of [0, 2, 4].map((column) =>
        amounts.slice(column, column + 2),
      )) {
        const [each, count] = [amountOf(price), amountOf(quantity)];
        expect([charge, count.millions]).toEqual([charge, each.millions]);
        expect([charge, cents(amountOf(amount).value)]).toEqual([charge, cents(each.value * count.value)]);
      }
    }
  });

  it('add up', () => {
    const rows = costRows();
    for (const column of [3, 5, 7]) {
      const values = rows.map((row) => cents(amountOf(row[column] ?? '').value));
      const total = values.pop();
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(total);
    }
  });

  it('count the metrics that the alarms read, and those that Weir emits', () => {
    const counted = (charge: string) =>
      amountOf(costRows().find(([name]) => name === charge)?.[2] ?? '').value;
    const reads = [data, service]
      .flatMap(metricReads)
      .filter(({ reader }) => !reader.startsWith('dashboard'));
    expect(counted('CloudWatch: metrics that alarms read')).toBe(reads.length);
    expect(counted("CloudWatch: metrics of Weir's own")).toBe(Object.values(functionMetrics).flat().length);
    const composites = service.findResources('AWS::CloudWatch::CompositeAlarm');
    expect(counted('CloudWatch: composite alarms')).toBe(Object.keys(composites).length);
  });
});

describe('the commands of the deploy guide', () => {
  it('are fewer than ten to the first reading, and ask the stack for all outputs that it has', () => {
    const block = /```sh\n(.*?)```/s.exec(deployGuide())?.[1] ?? '';
    const commands = block.split('\n').filter((line) => /^(npm|npx|out|[A-Z]+=|curl)/.test(line));
    expect(commands.length).toBe(8);
    const asked = new Set([...deployGuide().matchAll(/\$\(out (\w+)\)/g)].map((match) => match[1] ?? ''));
    expect([...asked].sort()).toEqual(Object.keys(service.findOutputs('*')).sort());
  });
});
