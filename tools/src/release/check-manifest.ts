import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Says what is wrong with what the package.json of a tarball says about its files (https://publint.dev/rules). */
export async function checkManifest(tarball: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer },
    level: 'warning',
    strict: true,
  });
  return messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }) ?? message.code);
}
