import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from './document.js';
import { GuardError, type Repository } from './repository.js';

const FOLDER = 'openapi';
/** The contracts as git's pathspec. */
export const CONTRACTS = `${FOLDER}/*.yaml`;
const CONTRACT = /^openapi\/[a-z][a-z0-9-]*\.v\d+\.yaml$/;

/** Paths of the contracts in the work tree. */
export function contractsNow({ root }: Repository): string[] {
  return readdirSync(join(root, FOLDER))
    .map((name) => `${FOLDER}/${name}`)
    .filter((path) => CONTRACT.test(path));
}

/** Paths of the contracts that a commit has. */
export function contractsAt(repository: Repository, commit: string): string[] {
  return repository.filesAt(commit, FOLDER).filter((path) => CONTRACT.test(path));
}

export function contractNow({ root }: Repository, path: string): JsonObject | undefined {
  const file = join(root, path);
  return existsSync(file) ? parseContract(readFileSync(file, 'utf8'), path) : undefined;
}

export function contractAt(repository: Repository, commit: string, path: string): JsonObject | undefined {
  const text = repository.fileAt(commit, path);
  return text === undefined ? undefined : parseContract(text, `${path} at ${commit}`);
}

function parseContract(text: string, name: string): JsonObject {
  let value: Json;
  try {
    value = parse(text) as Json;
  } catch (error) {
    throw new GuardError(`${name} is not YAML: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new GuardError(`${name} is not an OpenAPI document but ${typeof value}`);
  return value;
}
