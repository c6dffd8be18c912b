import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A small Nx workspace on disk whose functions are named as given; sources are for the test to write. */
export class FunctionWorkspace {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'weir-workspace-')));

  constructor(functionNames: readonly string[]) {
    this.write(
      'nx.json',
      JSON.stringify({
        targetDefaults: {
          build: {
            options: {
              outputPath: '{projectRoot}/dist',
              tsConfig: '{projectRoot}/tsconfig.json',
              platform: 'node',
              target: 'node20',
              format: ['esm'],
              bundle: true,
              minify: true,
              sourcemap: true,
              esbuildConfig: '{workspaceRoot}/esbuild.config.cjs',
            },
          },
        },
      }),
    );
    this.write('esbuild.config.cjs', "module.exports = { outExtension: { '.js': '.mjs' } };");
    for (const name of functionNames) this.addProject(name, 'type:function');
  }

  addProject(name: string, tag: string): void {
    const main = `apps/${name}/src/handler.ts`;
    const targets = { build: { options: { main } } };
    this.write(`apps/${name}/project.json`, JSON.stringify({ name, tags: [tag], targets }));
    this.write(`apps/${name}/tsconfig.json`, '{}');
  }

  write(path: string, text: string): void {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  delete(path: string): void {
    rmSync(join(this.path, path), { recursive: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
