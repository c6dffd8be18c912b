import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAs } from '../bundles.js';

/** What each function is compared with: nothing at all, and one request by the client that it cannot do without. */
export const BARE = {
  empty: 'export const handler = async () => undefined;',
  fetch: 'export const handler = async (address) => (await fetch(address)).json();',
  kinesis: clientHandler('@aws-sdk/client-kinesis', 'KinesisClient', 'PutRecordsCommand'),
  dynamodb: clientHandler('@aws-sdk/client-dynamodb', 'DynamoDBClient', 'PutItemCommand'),
} as const;

export type Bare = keyof typeof BARE;

/** Its event is the command's input, and its answer the command's output. Kinesis' client alone would speak HTTP/2. */
function clientHandler(module: string, client: string, command: string): string {
  return `import { ${client}, ${command} } from '${module}';
import { NodeHttpHandler } from '@smithy/node-http-handler';
const client = new ${client}({ requestHandler: new NodeHttpHandler() });
export const handler = async (input) => client.send(new ${command}(input));`;
}

/** Bundles one as any program here is bundled, with all that a client brings along, and returns its file. */
export async function bundleBare(bare: Bare, folder: string): Promise<string> {
  const outfile = join(folder, `${bare}.mjs`);
  const resolveDir = dirname(fileURLToPath(import.meta.url));
  await bundleAs('esbuild.config.cjs', { stdin: { contents: BARE[bare], resolveDir } }, outfile);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return outfile;
}
