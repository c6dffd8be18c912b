import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { ReplayError } from './replay-error.js';

/** A file whose values are one metric of one device. */
export interface ReplayGroup {
  file: string;
  device: string;
  metric: string;
  /** The device is put on this site first. */
  site?: string;
}

const NAME = /^[A-Za-z0-9._:-]{1,128}$/;
const FIELDS = ['file', 'device', 'metric', 'site'] as const;

/**
 * Checks a group of unknown shape. `where` and `fieldName` are how messages name it and its fields.
 *
 * @throws ReplayError naming the field and the reason.
 */
export function checkGroup(
  value: unknown,
  where: string,
  fieldName: (field: string) => string = (field) => `"${field}"`,
): ReplayGroup {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ReplayError(`${where} must be an object with ${FIELDS.map(fieldName).join(', ')}`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const field of fields.keys()) {
    if (!FIELDS.some((known) => known === field)) {
      throw new ReplayError(`${where}: there is no field ${fieldName(field)}`);
    }
  }
  const text = (field: (typeof FIELDS)[number]): string => {
    const content = fields.get(field);
    if (typeof content !== 'string' || content === '') {
      throw new ReplayError(`${where}: ${fieldName(field)} must be a non-empty string`);
    }
    if (field !== 'file' && !NAME.test(content)) {
      const allowed = 'must have 1 to 128 letters, digits, ".", "_", ":" or "-"';
      throw new ReplayError(`${where}: ${fieldName(field)} ${allowed}, not "${content}"`);
    }
    return content;
  };
  const group = { file: text('file'), device: text('device'), metric: text('metric') };
  return fields.get('site') === undefined ? group : { ...group, site: text('site') };
}

/**
 * Reads a manifest: a JSON array of groups, whose files are relative to it.
 *
 * @throws ReplayError naming the entry and the field that is wrong.
 */
export async function readManifest(manifestFile: string): Promise<ReplayGroup[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(manifestFile, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    throw new ReplayError(`${manifestFile} ${reason}: ${String(message)}`, error);
  }
  if (!Array.isArray(content) || content.length === 0) {
    throw new ReplayError(`${manifestFile} must be a non-empty array of { file, device, metric, site? }`);
  }
  return content.map((entry: unknown, index) => {
    const group = checkGroup(entry, `${manifestFile}: entry ${index + 1}`);
    return { ...group, file: resolve(dirname(manifestFile), group.file) };
  });
}
