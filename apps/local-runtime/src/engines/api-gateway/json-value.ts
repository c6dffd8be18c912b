export type JsonObject = { readonly [name: string]: unknown };

/** The API definition cannot be served; the message names the place in the OpenAPI body and the reason. */
export class ApiImportError extends Error {
  readonly code = 'API_IMPORT_ERROR';

  constructor(
    /** Path of property names from the root of the body. */
    readonly path: readonly string[],
    reason: string,
  ) {
    super(`OpenAPI body, ${path.length === 0 ? 'root' : path.join(' → ')}: ${reason}`);
    this.name = 'ApiImportError';
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a place of the body; an absent one is empty. */
export function objectAt(value: unknown, path: readonly string[]): JsonObject {
  if (value === undefined) return {};
  if (!isObject(value)) throw new ApiImportError(path, 'must be an object');
  return value;
}

/** The list at a place of the body; an absent one is empty. */
export function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ApiImportError(path, 'must be a list');
  return value;
}

export function stringAt(value: unknown, path: readonly string[]): string {
  if (typeof value !== 'string') throw new ApiImportError(path, 'must be a string');
  return value;
}

export function optionalStringAt(value: unknown, path: readonly string[]): string | undefined {
  return value === undefined ? undefined : stringAt(value, path);
}

/** A number in a range, given as number or as digits, as templates often do; undefined when absent. */
export function optionalNumberAt(
  value: unknown,
  path: readonly string[],
  range: { readonly min: number; readonly max: number },
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= range.min && number <= range.max)) {
    throw new ApiImportError(path, `must be a number from ${range.min} to ${range.max}`);
  }
  return number;
}

/** A boolean, given as such or as text; false when absent. */
export function booleanAt(value: unknown, path: readonly string[]): boolean {
  if (value === undefined) return false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new ApiImportError(path, 'must be true or false');
}

/** Follows a local `$ref` (`#/components/…`); anything else is returned as it is. */
export function resolveReference(body: JsonObject, value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (let depth = 0; isObject(current) && typeof current['$ref'] === 'string'; depth += 1) {
    const reference = current['$ref'];
    if (!reference.startsWith('#/') || depth > 20) {
      throw new ApiImportError(path, `cannot resolve the reference ${reference}`);
    }
    let target: unknown = body;
    for (const part of reference.slice(2).split('/')) {
      target = isObject(target) ? target[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
    }
    if (target === undefined) throw new ApiImportError(path, `the reference ${reference} leads nowhere`);
    current = target;
  }
  return current;
}
