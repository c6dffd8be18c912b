import { parse } from 'yaml';

/** The methods that an OpenAPI path item can have. */
export const contractMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
export type ContractMethod = (typeof contractMethods)[number];

/** A parsed contract, as far as the gateway cares. https://spec.openapis.org/oas/v3.0.3 */
export interface Contract {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components?: {
    readonly securitySchemes?: Readonly<Record<string, { readonly type: string }>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
    readonly responses?: Readonly<Record<string, ContractResponse>>;
    readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
  };
}

export type PathItem = {
  readonly [M in ContractMethod]?: Operation;
} & { readonly parameters?: readonly (Parameter | Reference)[] };

export interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly responses: Readonly<Record<string, ContractResponse | Reference>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
}

export interface ContractResponse {
  readonly description: string;
}

export interface Reference {
  readonly $ref: string;
}

/** The contract cannot be put into a gateway. The message names the place. */
export class ContractError extends Error {
  readonly code = 'contract_unusable';
  override readonly name = 'ContractError';
}

/**
 * Reads a contract's YAML text.
 *
 * @throws ContractError when it is not OpenAPI 3.0, the only version of 3 that API Gateway imports.
 */
export function readContract(text: string): Contract {
  const document = parse(text) as Contract | null;
  if (typeof document?.openapi !== 'string' || !document.openapi.startsWith('3.0.')) {
    throw new ContractError(`openapi: must be 3.0.x, not ${String(document?.openapi)}`);
  }
  return document;
}
