import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Reference {
  readonly $ref: string;
}

export interface HeaderObject {
  readonly required?: boolean;
  readonly schema?: object;
}

export interface ResponseObject {
  readonly headers?: Readonly<Record<string, HeaderObject | Reference>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** The parts of an OpenAPI 3.0 document that say what may be answered. https://spec.openapis.org/oas/v3.0.3 */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses?: Readonly<Record<string, ResponseObject | Reference>> } | undefined
        >
      >
    >
  >;
  readonly components?: Readonly<Record<string, Readonly<Record<string, object>> | undefined>>;
}

/** Reads a document from YAML or JSON. */
export function readDocument(file: string): OpenApiDocument {
  return parse(readFileSync(file, 'utf8')) as OpenApiDocument;
}

/** A place within a document: its JSON pointer and what stands there, references followed. */
export interface Place<Value> {
  readonly pointer: string;
  readonly value: Value;
}

/** @throws RangeError for a reference that leads nowhere or out of the document. */
export function follow<Value extends object>(
  document: OpenApiDocument,
  { pointer, value }: Place<Value | Reference>,
): Place<Value> {
  if (!('$ref' in value)) return { pointer, value };
  const target = value.$ref.replace(/^#/, '');
  const found = target
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (parent, part) => (parent as Record<string, unknown> | undefined)?.[unescapePart(part)],
      document,
    );
  if (!value.$ref.startsWith('#/') || found === undefined) {
    throw new RangeError(`${value.$ref}, to which ${pointer} refers, is not in the document.`);
  }
  return follow(document, { pointer: target, value: found as Value | Reference });
}

/** One part of a JSON pointer (https://www.rfc-editor.org/rfc/rfc6901#section-3). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePart(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
