import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedTemplate } from './reduce-template.js';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly templateFile: string;
  readonly template: DeployedTemplate;
}

interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string; readonly terminationProtection?: boolean };
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

/** The stacks of the assembly in a folder. @throws Error when it has none. */
export function readStacks(folder: string): AssemblyStack[] {
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(artifacts).flatMap(([name, { type, properties }]) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const { templateFile } = properties;
    const template = JSON.parse(readFileSync(join(folder, templateFile), 'utf8')) as DeployedTemplate;
    return [{ name, templateFile, template }];
  });
  if (stacks.length === 0) throw new Error(`${folder} holds no stack; run synth first`);
  return stacks;
}

export function writeTemplate(
  folder: string,
  { templateFile }: AssemblyStack,
  template: DeployedTemplate,
): void {
  writeFileSync(join(folder, templateFile), JSON.stringify(template));
}

/** Lets the stacks of an assembly be destroyed. Returns the names of those that were protected from it. */
export function dropTerminationProtection(folder: string): string[] {
  const file = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const dropped: string[] = [];
  const artifacts = Object.entries(manifest.artifacts).map(([name, artifact]) => {
    if (artifact.properties?.terminationProtection !== true) return [name, artifact] as const;
    dropped.push(name);
    return [
      name,
      { ...artifact, properties: { ...artifact.properties, terminationProtection: false } },
    ] as const;
  });
  writeFileSync(file, JSON.stringify({ ...manifest, artifacts: Object.fromEntries(artifacts) }));
  return dropped;
}
