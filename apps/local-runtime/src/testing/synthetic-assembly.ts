import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planAssembly, type AssemblyPlan } from '../assembly/assembly-plan.js';
import { parseTemplate, readCloudAssembly, type CloudAssembly } from '../assembly/cloud-assembly.js';
import type { CloudEnvironment } from '../assembly/resource-type.js';
import type { JsonObject } from '../assembly/template.js';
import { resourceTypes } from '../resources/resource-types.js';

export const testEnvironment: CloudEnvironment = {
  region: 'eu-west-1',
  accountId: '000000000000',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

/** An assembly in memory: stack name to template. */
export function makeAssembly(
  templates: Readonly<Record<string, JsonObject>>,
  assets: Readonly<Record<string, string>> = {},
): CloudAssembly {
  const directory = '/synthetic';
  const stacks = Object.entries(templates).map(([stackName, document]) => ({
    directory,
    stackName,
    template: parseTemplate(stackName, document),
    parameters: {},
  }));
  return { directory, stacks, assets: new Map(Object.entries(assets)) };
}

/** The plan of templates, with the resource types that the runtime knows. */
export function planTemplates(
  templates: Readonly<Record<string, JsonObject>>,
  parameters: Readonly<Record<string, string>> = {},
): AssemblyPlan {
  return planAssembly(makeAssembly(templates), resourceTypes, { environment: testEnvironment, parameters });
}

/** Writes a cloud assembly as CDK does: one stack, one folder asset for each function source. Returns its folder. */
export function writeAssembly(
  stackName: string,
  template: JsonObject,
  sources: Readonly<Record<string, string>> = {},
): string {
  const directory = mkdtempSync(join(tmpdir(), 'weir-assembly-'));
  const files: Record<string, object> = {};
  for (const [hash, source] of Object.entries(sources)) {
    const path = `asset.${hash}`;
    mkdirSync(join(directory, path));
    writeFileSync(join(directory, path, 'handler.mjs'), source);
    files[hash] = {
      source: { path, packaging: 'zip' },
      destinations: { 'current_account-current_region': { bucketName: 'assets', objectKey: `${hash}.zip` } },
    };
  }
  const manifest = {
    version: '48.0.0',
    artifacts: {
      [stackName]: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: `${stackName}.template.json` },
      },
      [`${stackName}.assets`]: {
        type: 'cdk:asset-manifest',
        properties: { file: `${stackName}.assets.json` },
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, `${stackName}.template.json`), JSON.stringify(template));
  writeFileSync(join(directory, `${stackName}.assets.json`), JSON.stringify({ version: '48.0.0', files }));
  return directory;
}

/** The plan of an assembly on disk. */
export function planFolder(directory: string): AssemblyPlan {
  return planAssembly(readCloudAssembly(directory), resourceTypes, {
    environment: testEnvironment,
    parameters: {},
  });
}
