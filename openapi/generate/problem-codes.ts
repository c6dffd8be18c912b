import type { Contract } from './contract.js';

interface Problem {
  readonly code: string;
  readonly title: string;
  readonly status: number;
}

/**
 * The codes of problems that the contracts name: those of their examples, which hold one for every code. As a type they help
 * whoever writes a client; they promise nothing, for a newer server may know more.
 */
export function problemCodesModule(contracts: readonly Contract[]): string {
  const codes = contracts
    .flatMap(({ components }) => Object.values(components.examples ?? {}))
    .map(({ value }) => value)
    .filter(isProblem)
    .map(({ code }) => code);
  return [
    '// Generated from the contracts by `npm run generate`; do not edit.',
    'export type KnownProblemCode =',
    `${[...new Set(codes)]
      .sort()
      .map((code) => `  | '${code}'`)
      .join('\n')};`,
    '',
  ].join('\n');
}

function isProblem(value: unknown): value is Problem {
  const { code, title, status } = (value ?? {}) as Partial<Problem>;
  return typeof code === 'string' && typeof title === 'string' && typeof status === 'number';
}
