import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What each function is compared with: nothing at all, and the client that it cannot do without. */
export const BARE = {
  empty: 'export const handler = async () => undefined;',
  kinesis: clientHandler('@aws-sdk/client-kinesis', 'KinesisClient'),
  dynamodb: clientHandler('@aws-sdk/client-dynamodb', 'DynamoDBClient'),
} as const;

export type Bare = keyof typeof BARE;

function clientHandler(module: string, client: string): string {
  return `import { ${client} } from '${module}';\nconst client = new ${client}({});\nexport const handler = async () => client;`;
}

/** Bundles one as the functions are bundled (esbuild.function.config.cjs), and returns its file. */
export async function bundleBare(bare: Bare, folder: string): Promise<string> {
  const shared = createRequire(join(root, 'package.json'))('./esbuild.function.config.cjs') as BuildOptions;
  const outfile = join(folder, `${bare}.mjs`);
  const here = dirname(fileURLToPath(import.meta.url));
  await build({
    ...shared,
    stdin: { contents: BARE[bare], resolveDir: here },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'error',
    outExtension: {},
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return outfile;
}
