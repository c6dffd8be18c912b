import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonOf } from '../runtime-error.js';
import { AssemblyError } from './errors.js';
import { isJsonObject, type Json, type JsonObject, type Template } from './template.js';

/** One stack of the assembly with its template and the parameter values recorded at synthesis. */
export interface StackArtifact {
  /** Absolute path of the folder that the stack's files are in. */
  readonly directory: string;
  readonly stackName: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A synthesised CDK application (`cdk.out`). */
export interface CloudAssembly {
  readonly directory: string;
  readonly stacks: readonly StackArtifact[];
  /** Asset object key (as in a function's `Code.S3Key`, for example `<hash>.zip`) to the absolute path of its folder or file. */
  readonly assets: ReadonlyMap<string, string>;
}

const templateSections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
]);

const parameterAttributes = new Set([
  'Type',
  'Default',
  'Description',
  'NoEcho',
  'ConstraintDescription',
  'AllowedPattern',
  'AllowedValues',
  'MinLength',
  'MaxLength',
  'MinValue',
  'MaxValue',
]);

const resourceAttributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
]);

/**
 * Reads a CDK cloud assembly folder: `manifest.json`, every stack's template and its `*.assets.json`, nested
 * assemblies (CDK stages) included.
 * https://github.com/aws/aws-cdk-cli/blob/main/packages/%40aws-cdk/cloud-assembly-schema/lib/cloud-assembly/schema.ts
 *
 * @throws AssemblyError `assembly_unreadable` when a file is missing or not JSON, `unsupported_template` when a template
 *   has a section or resource attribute that the runtime does not evaluate.
 */
export function readCloudAssembly(directory: string): CloudAssembly {
  const root = resolve(directory);
  const stacks: StackArtifact[] = [];
  const assets = new Map<string, string>();
  readAssemblyFolder(root, stacks, assets);
  if (stacks.length === 0) {
    throw new AssemblyError('assembly_unreadable', `The cloud assembly ${root} holds no stack.`);
  }
  return { directory: root, stacks, assets };
}

function readAssemblyFolder(directory: string, stacks: StackArtifact[], assets: Map<string, string>): void {
  const manifest = readJsonObject(join(directory, 'manifest.json'));
  const artifacts = isJsonObject(manifest.artifacts) ? manifest.artifacts : {};
  for (const [artifactId, artifact] of Object.entries(artifacts)) {
    if (!isJsonObject(artifact)) continue;
    const properties = isJsonObject(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push(readStack(directory, artifactId, properties));
    } else if (artifact.type === 'cdk:asset-manifest') {
      readAssets(directory, requireText(properties.file, `${artifactId}.properties.file`, directory), assets);
    } else if (artifact.type === 'cdk:cloud-assembly') {
      const folder = requireText(
        properties.directoryName,
        `${artifactId}.properties.directoryName`,
        directory,
      );
      readAssemblyFolder(join(directory, folder), stacks, assets);
    }
  }
}

function readStack(directory: string, artifactId: string, properties: JsonObject): StackArtifact {
  const templateFile = requireText(
    properties.templateFile,
    `${artifactId}.properties.templateFile`,
    directory,
  );
  const stackName = typeof properties.stackName === 'string' ? properties.stackName : artifactId;
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(
    isJsonObject(properties.parameters) ? properties.parameters : {},
  )) {
    parameters[name] = String(value);
  }
  return {
    directory,
    stackName,
    template: parseTemplate(stackName, readJsonObject(join(directory, templateFile))),
    parameters,
  };
}

/**
 * Checks the outer shape of a template: known sections, and known attributes on every parameter and resource.
 *
 * @throws AssemblyError `unsupported_template`.
 */
export function parseTemplate(stackName: string, document: JsonObject): Template {
  refuseOthers(document, templateSections, `${stackName}: the template section`);
  for (const [name, parameter] of Object.entries(
    isJsonObject(document.Parameters) ? document.Parameters : {},
  )) {
    if (!isJsonObject(parameter) || typeof parameter.Type !== 'string') {
      throw new AssemblyError('unsupported_template', `${stackName}: the parameter ${name} has no Type.`);
    }
    refuseOthers(parameter, parameterAttributes, `${stackName}: parameter ${name}: the attribute`);
  }
  const resources = document.Resources;
  if (!isJsonObject(resources)) {
    throw new AssemblyError('unsupported_template', `${stackName}: the template has no Resources.`);
  }
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (!isJsonObject(resource) || typeof resource.Type !== 'string') {
      throw new AssemblyError('unsupported_template', `${stackName}/${logicalId}: the resource has no Type.`);
    }
    refuseOthers(resource, resourceAttributes, `${stackName}/${logicalId}: the resource attribute`);
  }
  return document as unknown as Template;
}

function refuseOthers(value: JsonObject, known: ReadonlySet<string>, what: string): void {
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new AssemblyError('unsupported_template', `${what} ${unknown} is not supported.`);
}

function readAssets(directory: string, file: string, assets: Map<string, string>): void {
  const document = readJsonObject(join(directory, file));
  for (const entry of Object.values(isJsonObject(document.files) ? document.files : {})) {
    if (!isJsonObject(entry) || !isJsonObject(entry.source) || typeof entry.source.path !== 'string')
      continue;
    for (const destination of Object.values(isJsonObject(entry.destinations) ? entry.destinations : {})) {
      if (!isJsonObject(destination) || typeof destination.objectKey !== 'string') continue;
      assets.set(destination.objectKey, resolve(directory, entry.source.path));
    }
  }
}

function requireText(value: Json | undefined, field: string, directory: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AssemblyError('assembly_unreadable', `${join(directory, 'manifest.json')}: ${field} is missing.`);
}

function readJsonObject(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new AssemblyError('assembly_unreadable', `The cloud assembly cannot be read: ${reasonOf(error)}.`);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new AssemblyError('assembly_unreadable', `${file} is not JSON: ${reasonOf(error)}.`);
  }
  if (isJsonObject(value)) return value;
  throw new AssemblyError('assembly_unreadable', `${file} does not hold a JSON object.`);
}
