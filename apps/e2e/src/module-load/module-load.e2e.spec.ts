import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@weir/local-stack';
import { EVENTS, loadFunction } from './load-function.js';
import { splitBundle, type SplitBundle } from './split-bundle.js';

const TRACER = ['aws-xray-sdk-core', '@aws-lambda-powertools/tracer'];
/** It calls nothing that a trace could show, and is smaller than the tracer. */
const UNTRACED = 'authorizer-fn';
const root = workspaceRoot(process.cwd());

describe.each(Object.keys(EVENTS))('the cold start of %s', (project) => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-load-'));
  let bundle: SplitBundle;

  beforeAll(async () => {
    bundle = await splitBundle(root, project, folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const packagesIn = (files: readonly string[]): string[] =>
    files.flatMap((file) => [...(bundle.pieces.get(file)?.packages ?? [])]);
  const bytesOf = (files: readonly string[]): number =>
    files.reduce((total, file) => total + (bundle.pieces.get(file)?.bytes ?? 0), 0);

  it('loads nothing of the tracer, nor does an invocation that is not sampled', () => {
    const { atStart, atInvocation } = loadFunction(root, bundle.entry, project, false);
    expect(packagesIn(atStart)).toEqual(expect.arrayContaining(['libs/observability']));
    for (const name of [...TRACER, '@aws-sdk/client-xray'])
      expect(packagesIn([...atStart, ...atInvocation])).not.toContain(name);
  }, 60_000);

  it('is less than doubled by the tracer where the first invocation is sampled', () => {
    const { atStart, atInvocation } = loadFunction(root, bundle.entry, project, true);
    const tracer = TRACER.filter((name) => packagesIn(atInvocation).includes(name));
    expect(tracer).toEqual(project === UNTRACED ? [] : TRACER);
    expect(packagesIn(atInvocation)).not.toContain('@aws-sdk/client-xray');
    expect(bytesOf(atInvocation)).toBeLessThan(bytesOf(atStart));
  }, 60_000);
});
