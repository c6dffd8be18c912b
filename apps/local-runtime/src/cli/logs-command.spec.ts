import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogCollector } from '../engines/logs/log-collector.js';
import { parseLogsOptions, runLogs } from './logs-command.js';
import { UsageError } from './usage-error.js';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';

describe('the command logs', () => {
  let dataDir: string;
  let collector: LogCollector;
  let nowMs: number;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'weir-logs-'));
    nowMs = Date.UTC(2026, 0, 1);
    collector = makeCollector();
  });
  afterEach(() => {
    collector.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function makeCollector(fileBytesMax?: number): LogCollector {
    return new LogCollector({
      folder: join(dataDir, 'logs'),
      ...(fileBytesMax === undefined ? {} : { fileBytesMax }),
      onTrouble: (message) => expect(message).toBeUndefined(),
    });
  }

  function log(functionName: string, message: string | object, requestId = 'r1'): void {
    collector.add({
      functionName,
      requestId,
      timestampMs: (nowMs += 1000),
      stream: 'stdout',
      message: typeof message === 'string' ? message : JSON.stringify(message),
    });
  }

  /** What the command prints, line by line. `read` is called whenever it has printed all there is. */
  async function show(...args: string[]): Promise<string[]> {
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line.slice(0, -1));
    const { signal } = new AbortController();
    const code = await runLogs(parseLogsOptions(['--data-dir', dataDir, ...args], '/'), {
      print,
      stopSignal: signal,
    });
    expect(code).toBe(0);
    return printed;
  }

  it('shows all logs in order of time, what Powertools wrote in few words', async () => {
    log('weir-dev-process-fn', 'REPORT RequestId: r1\tDuration: 1 ms');
    log('weir-dev-ingest-fn', { level: 'INFO', message: 'Received.', service: 'ingest-fn', accepted: 3 });
    log('weir-dev-process-fn', { _aws: { CloudWatchMetrics: [] }, PointsStored: 3 });
    collector.addAccess('weir-dev-ingest', { requestTimeEpoch: nowMs + 500, status: 202 });
    expect(await show()).toEqual([
      '2026-01-01T00:00:01.000Z weir-dev-process-fn REPORT RequestId: r1  Duration: 1 ms',
      '2026-01-01T00:00:02.000Z weir-dev-ingest-fn INFO Received. {"accepted":3}',
      '2026-01-01T00:00:03.000Z weir-dev-process-fn METRICS {"PointsStored":3}',
      '2026-01-01T00:00:03.500Z weir-dev-ingest-access {"requestTimeEpoch":1767225603500,"status":202}',
    ]);
  });

  it('shows one function, by its name or the end of it', async () => {
    log('weir-dev-process-fn', 'a');
    log('weir-dev-ingest-fn', 'b');
    for (const name of ['weir-dev-ingest-fn', 'ingest-fn'])
      expect(await show('--function', name)).toEqual(['2026-01-01T00:00:02.000Z weir-dev-ingest-fn b']);
  });

  it('shows everything of the invocations that worked on a trace', async () => {
    log('weir-dev-process-fn', 'START', 'r1');
    log('weir-dev-process-fn', 'START', 'r2');
    log('weir-dev-process-fn', { level: 'INFO', message: 'Done.', requestTraces: [TRACE] }, 'r2');
    log('weir-dev-process-fn', 'END', 'r1');
    collector.addAccess('weir-dev-ingest', { requestTimeEpoch: nowMs, xrayTraceId: TRACE });
    const shown = await show('--trace', TRACE);
    expect(shown).toHaveLength(3);
    expect(shown[0]).toBe('2026-01-01T00:00:02.000Z weir-dev-process-fn START');
  });

  it('shows lines as they are kept', async () => {
    log('f', 'text');
    expect((await show('--json')).map((line) => JSON.parse(line))).toEqual([
      { time: '2026-01-01T00:00:01.000Z', stream: 'stdout', requestId: 'r1', message: 'text' },
    ]);
  });

  it('shows control characters as escapes: no message passes for two, or clears the screen', async () => {
    log('f', 'one\n2026-01-01T00:00:09.000Z f two\u001b[2J\u0085\u2028');
    log('f', { level: 'INFO', message: 'x\r\ny\u009b2J' });
    expect(await show()).toEqual([
      '2026-01-01T00:00:01.000Z f one\\u000a2026-01-01T00:00:09.000Z f two\\u001b[2J\\u0085\\u2028',
      '2026-01-01T00:00:02.000Z f INFO x\\u000d\\u000ay\\u009b2J',
    ]);
  });

  it('reads on in files that were put aside because they were full', async () => {
    collector.close();
    collector = makeCollector(400);
    for (let line = 0; line < 6; line += 1) log('f', `line ${line}`);
    const shown = await show();
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.at(-1)).toContain('line 5');
  });

  it('follows what is added, each line once, across files that are put aside', async () => {
    collector.close();
    collector = makeCollector(2000);
    const controller = new AbortController();
    const printed: string[] = [];
    const wanted = Array.from({ length: 40 }, (_, line) => `line ${line}`);
    let next = 0;
    const writer = setInterval(() => {
      for (let count = 0; count < 3 && next < wanted.length; count += 1) log('f', wanted[next++] ?? '');
    }, 100);
    await runLogs(parseLogsOptions(['--data-dir', dataDir, '--follow'], '/'), {
      print: (line) => {
        printed.push(line.trimEnd().split(' f ')[1] ?? '');
        if (printed.length === wanted.length) controller.abort();
      },
      stopSignal: controller.signal,
    });
    clearInterval(writer);
    expect(printed).toEqual(wanted);
  }, 60_000);

  it.each([
    [['--trace', 'x'], '--trace must be a trace id'],
    [['--function'], 'needs a value'],
    [['--tail'], 'There is no option --tail'],
  ])('refuses %j', (args, reason) => {
    expect(() => parseLogsOptions(args, '/')).toThrow(UsageError);
    expect(() => parseLogsOptions(args, '/')).toThrow(reason);
  });

  it('says what has logged where nothing has the name', async () => {
    await expect(show()).rejects.toThrow(`There are no logs in ${dataDir}.`);
    log('weir-dev-ingest-fn', 'a');
    await expect(show('--function', 'fn2')).rejects.toThrow(
      'Nothing named fn2 has logged anything. There are: weir-dev-ingest-fn.',
    );
  });
});
