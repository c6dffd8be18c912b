import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageConfig, stages } from './stage-config.js';
import { makeWorkbench, templatesOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;

beforeAll(() => {
  bench = makeWorkbench();
});

afterAll(() => bench.remove());

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
});
