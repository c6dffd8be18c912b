import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRoles, type Finding, type FunctionRole, type RecordedCall } from '@weir/role-check';
import { call, type Answer, type Call } from './api.js';
import { startContractProxy, type ContractProxy } from './contract-proxy.js';
import {
  synthesisedAssembly,
  freePortBase,
  makeToken,
  runCli,
  startStack,
  waitUntilQueryable,
  type LocalStack,
} from '@weir/local-stack';

const folder = mkdtempSync(join(tmpdir(), 'weir-e2e-roles-'));
const dataDir = join(folder, 'data');
let stack: LocalStack;
let proxy: ContractProxy;
let token: string;
let roles: FunctionRole[];
/** What functions called while every flow was walked through, and what the platform does for each. */
let calls: RecordedCall[];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

beforeAll(async () => {
  const portBase = await freePortBase();
  stack = await startStack({ dataDir, portBase });
  proxy = await startContractProxy(stack.analyticsUrl);
  token = await makeToken({ dataDir, portBase });
  await walkThrough();
  roles = await itemsAt<FunctionRole>('/roles');
  calls = [...(await recordedCalls()), ...roles.flatMap(platformCalls)];
}, 180_000);

afterAll(async () => {
  await proxy?.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function itemsAt<Item>(path: string): Promise<Item[]> {
  const { status, body } = await call(`${stack.infoUrl}${path}`);
  expect(status).toBe(200);
  return body['items'] as Item[];
}

async function recordedCalls(): Promise<RecordedCall[]> {
  const { body } = await call(`${stack.infoUrl}/calls`);
  expect(body['unlisted']).toBe(0);
  return body['items'] as RecordedCall[];
}

/**
 * What AWS does with the role of a function and no code of ours: the runtime cannot see it, so it is listed here. Lambda
 * writes the function's log, and the X-Ray daemon beside the function sends its segments and reports on itself.
 */
function platformCalls({ functionName }: FunctionRole): RecordedCall[] {
  const logStream = `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${functionName}:log-stream:any`;
  return [
    { functionName, action: 'logs:CreateLogStream', resource: logStream },
    { functionName, action: 'logs:PutLogEvents', resource: logStream },
    { functionName, action: 'xray:PutTraceSegments', resource: '*' },
    { functionName, action: 'xray:PutTelemetryRecords', resource: '*' },
  ];
}

async function authorized(url: string, { headers = {}, ...rest }: Call = {}): Promise<Answer> {
  const answer = await call(url, { ...rest, headers: { Authorization: `Bearer ${token}`, ...headers } });
  if (answer.status >= 300) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
  return answer;
}

async function send(readings: readonly object[]): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ readings });
  await authorized(`${stack.ingestUrl}/v1/telemetry`, { method: 'POST', headers, body });
  await waitUntilQueryable(stack.infoUrl);
}

const query = (path: string): Promise<Answer> => authorized(`${proxy.url}${path}`);

/** Every flow of the pipeline: what is not done here, no function needs a permission for. */
async function walkThrough(): Promise<void> {
  const nowMs = Date.now();
  const reading = (deviceId: string, ageMs: number) => ({
    deviceId,
    timestamp: nowMs - ageMs,
    metrics: { temperature: 20 },
  });
  const devices = ['boiler-1', 'pump-1'];
  // A month back, hour by hour: blocks are created, sealed and carried into hours, days and the month.
  const history = Array.from({ length: 40 }, (_, index) => reading('boiler-1', 31 * dayMs - index * hourMs));
  await send(history);
  await send(devices.map((deviceId) => reading(deviceId, 0)));
  // Late, into a sealed block; again, which changes nothing; and where no block is although an hour may be.
  await send([{ ...reading('boiler-1', 31 * dayMs - 1_000) }]);
  await send(history);
  await send([reading('boiler-1', 30 * dayMs), reading('pump-1', 5 * dayMs)]);
  await putUndecodableRecord();

  const range = `from=${new Date(nowMs - 32 * dayMs).toISOString()}&to=${new Date(nowMs + hourMs).toISOString()}`;
  for (const deviceId of devices) {
    await authorized(`${proxy.url}/v1/devices/${deviceId}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        siteId: 'plant-1',
        metrics: { temperature: { unit: 'Cel', min: -50, max: 200 } },
      }),
    });
    await query(`/v1/devices/${deviceId}`);
    await query(`/v1/devices/${deviceId}/readings?${range}&limit=10`);
    for (const resolution of ['1m', '10m', '1h', '1d']) {
      await query(
        `/v1/devices/${deviceId}/aggregates?metric=temperature&resolution=${resolution}&${range}&limit=10`,
      );
    }
  }
  await query('/v1/devices');
  await query('/v1/devices?siteId=plant-1');
  await query(`/v1/sites/plant-1/aggregates?metric=temperature&resolution=1d&${range}`);
  await authorized(`${proxy.url}/v1/devices/pump-1`, { method: 'DELETE' });
  // Nothing tells of this device but the directory, which is asked last.
  const unknown = await call(`${proxy.url}/v1/devices/pump-2/readings?${range}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(unknown.status).toBe(404);
}

/** Past ingest, so that process-fn has something to quarantine. */
async function putUndecodableRecord(): Promise<void> {
  const { body } = await call(`${stack.infoUrl}/status`);
  const { kinesis } = body['engines'] as { kinesis: { endpoint: string } };
  const [mapping] = body['mappings'] as { stream: string }[];
  const Data = Buffer.from('no envelope').toString('base64');
  const { status } = await call(kinesis.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'Kinesis_20131202.PutRecord',
      'X-Amz-Date': '20260101T000000Z',
      Authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ StreamName: mapping?.stream, Data, PartitionKey: '1' }),
  });
  expect(status).toBe(200);
  await waitUntilQueryable(stack.infoUrl);
}

interface Template {
  Resources: Record<
    string,
    { Type: string; Condition?: string; Properties: { PolicyDocument?: PolicyDocument } }
  >;
}

interface PolicyDocument {
  Statement: { Action: string | string[] }[];
}

/** A place in the templates at which a role of a function is granted an action. */
interface Grant {
  readonly file: string;
  readonly policy: string;
  readonly statement: number;
  readonly action: string;
}

function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(join(synthesisedAssembly, file), 'utf8')) as Template;
}

/** Without those of the dashboard's site, which the templates have only where people can sign in: not here. */
function grantsOfTemplates(): Grant[] {
  return readdirSync(synthesisedAssembly)
    .filter((file) => file.endsWith('.template.json'))
    .flatMap((file) =>
      Object.entries(readTemplate(file).Resources)
        .filter(([, { Type, Condition }]) => Type === 'AWS::IAM::Policy' && Condition !== 'HasSite')
        .flatMap(([policy, { Properties }]) =>
          (Properties.PolicyDocument?.Statement ?? []).flatMap(({ Action }, statement) =>
            [Action].flat().map((action) => ({ file, policy, statement, action })),
          ),
        ),
    );
}

/** A copy of the assembly in which a grant is missing. */
function assemblyWithout({ file, policy, statement, action }: Grant, copy: string): string {
  const template = readTemplate(file);
  const document = template.Resources[policy]?.Properties.PolicyDocument;
  const changed = document?.Statement[statement];
  if (document === undefined || changed === undefined) throw new Error(`${file} has no such grant.`);
  changed.Action = [changed.Action].flat().filter((candidate) => candidate !== action);
  if (changed.Action.length === 0) document.Statement.splice(statement, 1);
  rmSync(copy, { recursive: true, force: true });
  cpSync(synthesisedAssembly, copy, { recursive: true, filter: (path) => !path.includes('/asset.') });
  for (const asset of readdirSync(synthesisedAssembly).filter((name) => name.startsWith('asset.'))) {
    symlinkSync(join(synthesisedAssembly, asset), join(copy, asset));
  }
  writeFileSync(join(copy, file), JSON.stringify(template));
  return copy;
}

async function rolesOf(assembly: string): Promise<FunctionRole[]> {
  const { process: child, output } = runCli({
    dataDir,
    portBase: stack.portBase,
    assembly,
    args: ['--explain-roles'],
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(output());
  return (JSON.parse(output()) as { items: FunctionRole[] }).items;
}

const told = (findings: readonly Finding[]): string[] => findings.map(({ message }) => message);

describe('the roles of the functions', () => {
  it('allow every call that was made', () => {
    expect(told(checkRoles(roles, calls).filter(({ kind }) => kind === 'missing'))).toEqual([]);
    // Each function with data of its own has been there, so the list is not empty by mistake.
    const callers = calls.filter(({ action }) => /^(dynamodb|kinesis|s3):/.test(action));
    expect([...new Set(callers.map(({ functionName }) => functionName))]).toEqual([
      'weir-dev-analytics-fn',
      'weir-dev-ingest-fn',
      'weir-dev-process-fn',
    ]);
  });

  it('allow nothing that no flow needs', () => {
    expect(told(checkRoles(roles, calls).filter(({ kind }) => kind === 'unused'))).toEqual([]);
  });

  it('are those of the template, and none of its grants can be taken away unnoticed', async () => {
    const grants = grantsOfTemplates();
    expect(grants.length).toBeGreaterThan(20);
    for (const grant of grants) {
      const reduced = await rolesOf(assemblyWithout(grant, join(folder, 'reduced')));
      const missing = checkRoles(reduced, calls).filter(({ kind }) => kind === 'missing');
      const owner = roles.find(({ statements }) =>
        statements.some(({ place }) => place.includes(`/${grant.policy}:`)),
      );
      expect(missing.map(({ functionName, action }) => ({ functionName, action }))).toContainEqual({
        functionName: owner?.functionName,
        action: grant.action,
      });
      expect(new Set(missing.map(({ functionName, action }) => `${functionName} ${action}`)).size).toBe(1);
      const [first] = missing;
      expect(first?.message).toBe(
        `${owner?.functionName} calls ${grant.action} on ${first?.resource}, which its role does not allow.`,
      );
    }
  }, 120_000);
});
