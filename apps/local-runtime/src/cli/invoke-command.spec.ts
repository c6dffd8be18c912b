import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findPortBase } from '../testing/free-port-base.js';
import { pipelineTemplate } from '../testing/pipeline-template.js';
import { TestPipeline } from '../testing/test-pipeline.js';
import { parseInvokeOptions, runInvoke } from './invoke-command.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

let pipeline: TestPipeline;
let folder: string;
let infoUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-invoke-'));
  pipeline = new TestPipeline(pipelineTemplate);
  pipeline.begin();
  infoUrl = (await pipeline.boot()).urls.info;
});
afterAll(async () => {
  await pipeline.end();
  pipeline.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly printed: string;
  readonly notified: string;
}

async function invoke(name: string, event: string, stdin = ''): Promise<Outcome> {
  let printed = '';
  const notices: string[] = [];
  const portBase = new URL(infoUrl).port;
  const code = await runInvoke(parseInvokeOptions([name, event, '--port-base', portBase]), {
    callerCwd: folder,
    stdin: Readable.from([stdin]),
    print: (text) => (printed += text),
    notify: (text) => notices.push(text),
  });
  return { code, printed, notified: notices.join('\n') };
}

function eventFile(text: string): string {
  writeFileSync(join(folder, 'event.json'), text);
  return 'event.json';
}

describe('the command invoke', () => {
  it.each(['test-Copier', 'Copier', 'arn:aws:lambda:eu-west-1:000000000000:function:test-Copier'])(
    'shows the answer of %s and the log of this invocation',
    async (name) => {
      const { code, printed, notified } = await invoke(name, eventFile('{"Records":[]}'));
      expect(code).toBe(0);
      expect(JSON.parse(printed)).toEqual({ batchItemFailures: [] });
      expect(notified.split('\n')).toEqual([
        expect.stringMatching(/^START RequestId: /),
        expect.stringContaining('"Copied":0'),
        expect.stringMatching(/^END RequestId: /),
        expect.stringMatching(/^REPORT RequestId: /),
      ]);
    },
  );

  it('reads the event from the standard input', async () => {
    expect(await invoke('Copier', '-', '{"Records":[]}')).toMatchObject({ code: 0 });
  });

  it('ends with 1 and shows the error when the function fails', async () => {
    const { code, printed, notified } = await invoke('Copier', eventFile('{"Records":1}'));
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ errorType: 'TypeError' });
    expect(notified).toMatch(/Invoke Error[^]*\nCopier ended with an error\.$/);
  });

  it('names the functions there are', async () => {
    await expect(invoke('Coper', eventFile('{}'))).rejects.toThrow(
      'Function not found: Coper. There are: test-Copier.',
    );
  });

  it('names the file and the place when the event is no JSON', async () => {
    await expect(invoke('Copier', eventFile('{\n"a" 1}'))).rejects.toThrow(
      'event.json:2:5: this is no JSON (colon expected).',
    );
    await expect(invoke('Copier', '-', '[')).rejects.toThrow(/^stdin:1:2: /);
    await expect(invoke('Copier', 'none.json')).rejects.toThrow(
      /^The event none\.json cannot be read: ENOENT/,
    );
  });

  it('says when nothing runs at the port', async () => {
    const options = parseInvokeOptions([
      'Copier',
      eventFile('{}'),
      '--port-base',
      String(await findPortBase()),
    ]);
    const parts = { callerCwd: folder, stdin: process.stdin, print: jest.fn(), notify: jest.fn() };
    await expect(runInvoke(options, parts)).rejects.toThrow(
      /^No Weir runs at port \d+: start it with npm start/,
    );
  });

  it.each([[['Copier']], [[]], [['Copier', 'a.json', 'b.json']], [['Copier', 'a.json', '--port-base', 'x']]])(
    'refuses the arguments %j',
    (args) => {
      expect(() => parseInvokeOptions(args)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    },
  );
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
describe("Lambda's Invoke at the info port", () => {
  async function post(
    name: string,
    init: RequestInit = {},
  ): Promise<{ status: number; type: string | null; response: Response }> {
    const url = `${infoUrl}/2015-03-31/functions/${name}/invocations`;
    const response = await fetch(url, { method: 'POST', body: '{"Records":[]}', ...init });
    return { status: response.status, type: response.headers.get('x-amzn-errortype'), response };
  }

  it('answers with the payload, the request id and the version, and the log only when asked', async () => {
    const { status, response } = await post('test-Copier');
    expect(status).toBe(200);
    expect(await response.json()).toEqual({ batchItemFailures: [] });
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-amz-executed-version')).toBe('$LATEST');
    expect(response.headers.get('x-amz-function-error')).toBeNull();
    expect(response.headers.get('x-amz-log-result')).toBeNull();
  });

  it('names a function error in a header, inside a 200', async () => {
    const { status, response } = await post('Copier', { body: '{}' });
    expect(status).toBe(200);
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
  });

  it('limits the log to its last 4 KB', async () => {
    const data = Buffer.from('x'.repeat(9_000)).toString('base64');
    const event = JSON.stringify({ Records: [{ kinesis: { data, sequenceNumber: '1' } }] });
    const { response } = await post('Copier', { body: event, headers: { 'x-amz-log-type': 'Tail' } });
    const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64');
    expect(log.byteLength).toBeLessThanOrEqual(4_096);
    expect(log.toString()).toMatch(/REPORT RequestId: [^\n]*\n$/);
  });

  it.each([
    ['a dry run', 'Copier', { headers: { 'x-amz-invocation-type': 'DryRun' } }, 204, null],
    [
      'events',
      'Copier',
      { headers: { 'x-amz-invocation-type': 'Event' } },
      400,
      'InvalidParameterValueException',
    ],
    ['what is no JSON', 'Copier', { body: 'x' }, 400, 'InvalidRequestContentException'],
    ['an unknown function', 'x', {}, 404, 'ResourceNotFoundException'],
    ['more than 6 MB', 'Copier', { body: `"${'x'.repeat(6_291_456)}"` }, 413, 'RequestTooLargeException'],
    ['a web page', 'Copier', { headers: { origin: 'https://example.com' } }, 403, 'AccessDeniedException'],
    ['another method', 'Copier', { method: 'PUT' }, 405, 'MethodNotAllowedException'],
  ])('answers %s', async (_what, name, init, status, type) => {
    expect(await post(name, init)).toMatchObject({ status, type });
  });
});
