import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { reasonOf, RuntimeError } from '../runtime-error.js';
import type { FileAnswer } from './answer.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A page's files by their paths, `/index.html` among them. They are kept, so that the folder may be written anew meanwhile. */
export type DashboardFiles = ReadonlyMap<string, FileAnswer>;

/**
 * Reads the folder of a page.
 *
 * @throws RuntimeError `dashboard_unreadable` when there is no folder, no `index.html`, or a file of an unknown type.
 */
export function readDashboardFiles(folder: string): DashboardFiles {
  const files = new Map<string, FileAnswer>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const contentType = contentTypes[extname(entry.name)];
      if (contentType === undefined) throw new Error(`the type of ${entry.name} is not known`);
      const path = `/${relative(folder, file).split(sep).join('/')}`;
      files.set(path, { statusCode: 200, contentType, body: readFileSync(file) });
    }
    if (!files.has('/index.html')) throw new Error('it has no index.html');
  } catch (error) {
    throw new RuntimeError(
      'dashboard_unreadable',
      `The page in ${folder} cannot be served: ${reasonOf(error)}.`,
      {
        cause: error,
      },
    );
  }
  return files;
}
