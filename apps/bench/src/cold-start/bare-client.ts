import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAs } from '../bundles.js';

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

/** Bundles one as any program here is bundled, with all that a client brings along, and returns its file. */
export async function bundleBare(bare: Bare, folder: string): Promise<string> {
  const outfile = join(folder, `${bare}.mjs`);
  const resolveDir = dirname(fileURLToPath(import.meta.url));
  await bundleAs('esbuild.config.cjs', { stdin: { contents: BARE[bare], resolveDir } }, outfile);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return outfile;
}
