import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesisedAssembly } from '@weir/local-stack';

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
  >;
}

const WINDOW = 'MaximumBatchingWindowInSeconds';

/** For how long a batch may gather in the stage that has been synthesised, in seconds. */
export function deployedWindowSeconds(): number {
  const [mapping] = templatesOf(synthesisedAssembly).flatMap(({ template }) => mappingsOf(template));
  return Number(mapping?.[WINDOW] ?? 0);
}

/**
 * Copies the synthesised assembly into `folder`, with another batching window of the event source mapping.
 *
 * @throws Error where the assembly does not have exactly one mapping
 */
export function copyAssemblyWithWindow(folder: string, windowSeconds: number): void {
  cpSync(synthesisedAssembly, folder, { recursive: true });
  let mappings = 0;
  for (const { name, template } of templatesOf(folder)) {
    for (const properties of mappingsOf(template)) {
      properties[WINDOW] = windowSeconds;
      mappings += 1;
    }
    writeFileSync(join(folder, name), JSON.stringify(template));
  }
  if (mappings !== 1) throw new Error(`the assembly has ${mappings} event source mappings, not 1`);
}

function templatesOf(folder: string): { readonly name: string; readonly template: Template }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => ({ name, template: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Template }));
}

function mappingsOf({ Resources: resources }: Template): Record<string, unknown>[] {
  return Object.values(resources)
    .filter(({ Type: type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map(({ Properties: properties }) => properties);
}
