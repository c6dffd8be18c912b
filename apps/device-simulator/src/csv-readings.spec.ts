import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readCsv } from './csv-readings.js';
import type { CsvRow } from './csv-readings.js';
import { scanCsv } from './csv-scan.js';

const COLUMNS = { timestampColumn: 'timestamp', valueColumn: 'value' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-csv-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function makeFile(text: string): Promise<string> {
  const file = join(folder, 'data.csv');
  await writeFile(file, text);
  return file;
}

async function rowsOf(text: string, columns = COLUMNS): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv(await makeFile(text), columns)) rows.push(row);
  return rows;
}

describe('readCsv', () => {
  it('reads rows in the order of the file, whatever surrounds them', async () => {
    const text =
      '\uFEFFid,value,timestamp\r\n1,"73.5",2013-12-02 21:15:00\r\n\r\n2,-1e1,2013-12-02 21:10:00\r\n';

    expect(await rowsOf(text)).toEqual([
      { line: 2, timestampMs: Date.UTC(2013, 11, 2, 21, 15), value: 73.5 },
      { line: 4, timestampMs: Date.UTC(2013, 11, 2, 21, 10), value: -10 },
    ]);
  });

  it('says line by line what cannot be read', async () => {
    const lines = [
      'timestamp,value',
      'soon,1',
      '2013-12-02,much',
      '2013-12-02',
      '2013-12-02,',
      '2013-12-02,1e999',
    ];

    expect(await rowsOf(lines.join('\n'))).toEqual([
      { line: 2, problem: '"soon" is no timestamp' },
      { line: 3, problem: '"much" is no finite number' },
      { line: 4, problem: 'the column "value" is missing' },
      { line: 5, problem: '"" is no finite number' },
      { line: 6, problem: '"1e999" is no finite number' },
    ]);
  });

  it('takes the columns that it is told to', async () => {
    const columns = { timestampColumn: 'ts', valueColumn: 'speed' };

    expect(await rowsOf('ts,speed\n1386018900,70\n', columns)).toEqual([
      { line: 2, timestampMs: 1_386_018_900_000, value: 70 },
    ]);
  });

  it.each([
    ['a,b\n1,2\n', ':1: there is no column "timestamp"; the header has a, b'],
    ['', ':1: there is no header row'],
    ['timestamp,value\n1386018900,"70\n', 'data.csv'],
  ])('refuses a file that is not what it should be: %p', async (text, reason) => {
    await expect(rowsOf(text)).rejects.toMatchObject({
      name: 'ReplayError',
      message: expect.stringContaining(reason),
    });
  });

  it('says that a file cannot be read', async () => {
    const file = join(folder, 'none.csv');

    await expect(scanCsv(file, COLUMNS)).rejects.toMatchObject({
      name: 'ReplayError',
      message: expect.stringContaining(`${file} cannot be read: ENOENT`),
    });
  });
});

describe('scanCsv', () => {
  it('finds range, distinct timestamps and what is unreadable', async () => {
    const unreadable = Array.from({ length: 7 }, (_, index) => `x${index},1`).join('\n');
    const file = await makeFile(`timestamp,value\n2000,1\n1000,1\n2000,3\n${unreadable}\n`);

    const scan = await scanCsv(file, COLUMNS);

    expect(scan).toMatchObject({ readable: 3, unreadable: 7, firstMs: 1_000_000, lastMs: 2_000_000 });
    expect([...scan.timestamps]).toEqual([2_000_000, 1_000_000]);
    expect(scan.examples).toHaveLength(5);
    expect(scan.examples[0]).toBe(`${file}:5: "x0" is no timestamp`);
  });

  it('refuses a file without a single readable row', async () => {
    const file = await makeFile('timestamp,value\nx,1\n');

    await expect(scanCsv(file, COLUMNS)).rejects.toThrow(
      `${file} has no readable row: ${file}:2: "x" is no timestamp`,
    );
  });
});
