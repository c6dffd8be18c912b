import { join } from 'node:path';
import { readDocument } from '@weir/contract-check';
import { root } from '@weir/local-stack';

/** One operation of a contract. */
export interface Route {
  readonly api: 'ingest' | 'analytics';
  readonly operationId: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  /** What a token needs to have. */
  readonly scopes: readonly string[];
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** Every operation of both contracts. */
export function contractRoutes(): Route[] {
  return (['ingest', 'analytics'] as const).flatMap((api) => {
    const { paths } = readDocument(join(root, `openapi/${api}.v1.yaml`)) as unknown as {
      paths: Record<string, Record<string, unknown>>;
    };
    return Object.entries(paths).flatMap(([path, item]) =>
      methods
        .filter((method) => item[method] !== undefined)
        .map((method): Route => {
          const { operationId, security = [] } = item[method] as Operation;
          const scopes = security.flatMap((scheme) => Object.values(scheme).flat());
          return { api, operationId, method: method.toUpperCase(), path, scopes };
        }),
    );
  });
}
