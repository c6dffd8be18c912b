import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { AssemblyStack } from './assembly.js';
import type { EmulationGap } from './emulation-gaps.js';

/** The resource types that the installed moto creates. */
export function supportedTypes(python: string): ReadonlySet<string> {
  const script = join(import.meta.dirname, 'supported-types.py');
  const types: unknown = JSON.parse(execFileSync(python, [script], { encoding: 'utf8' }));
  if (!Array.isArray(types) || types.length === 0) throw new Error('moto names no resource type');
  return new Set(types.map(String));
}

/**
 * Compares a stack's resource types with what moto creates and with the table of gaps: what moto would pass over in silence
 * must stand in the table, and what it has learnt must not.
 *
 * @throws Error naming the types.
 */
export function checkTypes(
  { name, template }: Pick<AssemblyStack, 'name' | 'template'>,
  supported: ReadonlySet<string>,
  gaps: Readonly<Record<string, EmulationGap>>,
): void {
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort();
  const missing = types.filter((type) => !supported.has(type) && gaps[type] === undefined);
  if (missing.length > 0) {
    throw new Error(
      `${name}: moto would pass over ${missing.join(', ')} in silence; enter each into emulation-gaps.ts with its reason`,
    );
  }
  const learnt = types.filter((type) => supported.has(type) && gaps[type]?.kind === 'unknown');
  if (learnt.length > 0) {
    throw new Error(`${name}: moto knows ${learnt.join(', ')} by now; remove each from emulation-gaps.ts`);
  }
}
