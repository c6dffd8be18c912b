import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageConfig, stages } from './stage-config.js';
import { runbookText } from './testing/repository-files.js';
import { makeWorkbench, resourcesOf, templatesOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;

beforeAll(() => {
  bench = makeWorkbench();
});

afterAll(() => bench.remove());

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

/** Path to hash of every file in a folder. */
function hashesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [
        path.slice(folder.length),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}

describe('the application', () => {
  it.each(stages)('has no exports and imports between the stacks of %s', (stage) => {
    const config = stageConfig(stage);
    const { data, service } = templatesOf(bench.app(config), config);
    for (const template of [data, service]) {
      const text = JSON.stringify(template.toJSON());
      expect(text).not.toContain('Fn::ImportValue');
      expect(text).not.toContain('"Export"');
    }
  });

  it('gives the same bytes for the same input', () => {
    const config = stageConfig('dev');
    for (const folder of ['first', 'second']) bench.app(config, folder).synth();
    const first = hashesOf(join(bench.folder, 'first'));
    expect(Object.keys(first)).toContain('/manifest.json');
    expect(hashesOf(join(bench.folder, 'second'))).toEqual(first);
  });

  it('names every alarm after its stage, each once', () => {
    const config = stageConfig('staging');
    const { data, service } = templatesOf(bench.app(config), config);
    const names = [data, service].flatMap((template) =>
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) =>
        String(alarm.Properties['AlarmName']),
      ),
    );
    expect(names.filter((name) => !name.startsWith('weir-staging-'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a section of the runbook for every alarm, and an alarm for every section', () => {
    const config = stageConfig('dev');
    const { data, service } = templatesOf(bench.app(config), config);
    const linked = [data, service].flatMap((template) =>
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
        ([, alarm]) =>
          /Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(String(alarm.Properties['AlarmDescription']))?.[1],
      ),
    );
    const sections = [...runbookText().matchAll(/^## (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));
    expect([...new Set(linked)].sort()).toEqual([...sections].sort());
  });

  it('has only links in the runbook that lead to a section', () => {
    const text = runbookText();
    const sections = [...text.matchAll(/^## (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]);
    expect(links.filter((link) => !sections.includes(link ?? ''))).toEqual([]);
  });
});
