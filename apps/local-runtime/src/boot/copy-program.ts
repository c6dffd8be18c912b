import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Copies a folder of built code. Where `builtIn` tells the folder it was built into, the relative paths of its source maps
 * begin there in the copy as well, so that stack traces and debuggers lead to the sources.
 */
export async function copyProgram(source: string, target: string, builtIn?: string): Promise<void> {
  await cp(source, target, { recursive: true });
  if (builtIn === undefined) return;
  const maps = (await readdir(target)).filter((name) => name.endsWith('.map'));
  await Promise.all(maps.map((name) => moveMap(join(target, name), builtIn)));
}

/**
 * Gives a map the root that its sources are relative to; one that has a root already keeps it.
 * https://tc39.es/ecma426/#sec-source-map-format
 */
async function moveMap(file: string, builtIn: string): Promise<void> {
  const map = JSON.parse(await readFile(file, 'utf8')) as { sourceRoot?: string };
  if (map.sourceRoot !== undefined && map.sourceRoot !== '') return;
  await writeFile(file, JSON.stringify({ ...map, sourceRoot: `${pathToFileURL(builtIn).href}/` }));
}
