import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: Record<string, unknown>;
}

interface PathItem {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly [method: string]: unknown;
}

interface Reference {
  readonly $ref: string;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly security?: readonly Record<string, readonly string[]>[];
}

/** The parts of an OpenAPI 3.0.3 document that generation reads. */
export interface Contract {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Record<string, unknown>>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
    readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
  };
}

/** One operation of a contract, with its parameters resolved. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  readonly parameters: readonly Parameter[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

export function readContract(file: string): Contract {
  return parse(readFileSync(file, 'utf8')) as Contract;
}

/** All operations in the order of the document. */
export function operationsOf(contract: Contract): Operation[] {
  return Object.entries(contract.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const operation = item[method] as OperationObject;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      return {
        operationId: operation.operationId,
        method: method.toUpperCase(),
        path,
        scopes: (operation.security ?? []).flatMap((requirement) => Object.values(requirement).flat()),
        parameters: parameters.map((parameter) => resolveParameter(contract, parameter)),
      };
    }),
  );
}

function resolveParameter(contract: Contract, parameter: Parameter | Reference): Parameter {
  if (!('$ref' in parameter)) return parameter;
  const name = parameter.$ref.replace('#/components/parameters/', '');
  const found = contract.components.parameters?.[name];
  if (found === undefined) throw new Error(`${parameter.$ref} does not exist in the contract`);
  return found;
}
