import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

interface Project {
  name: string;
  folder: string;
  tags: string[];
  targets: Record<string, { executor?: string; options?: { esbuildConfig?: string } }>;
  manifest: { name?: string; version?: string; private?: boolean; license?: string };
}

function readProjects(): Project[] {
  return globSync('{apps,libs}/*/project.json', { cwd: root }).map((file) => {
    const folder = resolve(root, file, '..');
    return {
      ...JSON.parse(readFileSync(resolve(root, file), 'utf8')),
      folder,
      manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    };
  });
}

const projects = readProjects();
const FUNCTIONS = ['analytics-fn', 'authorizer-fn', 'ingest-fn', 'process-fn'];

describe('the workspace', () => {
  it.each(projects.map((project) => [project.name, project] as const))(
    '%s is tagged, versioned and licensed',
    (_name, { tags, manifest }) => {
      expect(tags.filter((tag) => tag.startsWith('type:'))).toHaveLength(1);
      expect(tags.filter((tag) => tag.startsWith('scope:'))).toHaveLength(1);
      expect(manifest.name).toMatch(/^@weir\//);
      expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(manifest.license).toBe('Apache-2.0');
    },
  );

  it('publishes no app', () => {
    const apps = projects.filter(({ folder }) => folder.startsWith(join(root, 'apps')));
    expect(apps.filter(({ manifest }) => manifest.private !== true).map(({ name }) => name)).toEqual([]);
  });

  it('builds all functions by the one shared target, and leaves out of all the same', () => {
    const functions = projects.filter(({ tags }) => tags.includes('type:function'));
    expect(functions.map(({ name }) => name).sort()).toEqual(FUNCTIONS);
    for (const { targets } of functions) {
      expect(targets['build']).not.toHaveProperty('executor');
      expect(targets['build']?.options?.esbuildConfig).toBe('{workspaceRoot}/esbuild.function.config.cjs');
    }
  });
});
