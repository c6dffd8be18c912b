import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { findBundles, findPage } from '../function-bundles.js';
import { resourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { weirApp } from '../weir-app.js';
import { makeBundleFolder } from './bundle-folder.js';
import { repositoryArchiveSql, repositoryContracts } from './repository-files.js';

/** Makes applications from the repository's contracts and stand-in bundles, in a temporary folder. */
export interface Workbench {
  readonly folder: string;
  app(config: StageConfig, outputFolder?: string): App;
  remove(): void;
}

export function makeWorkbench(): Workbench {
  const bundles = makeBundleFolder();
  return {
    folder: bundles.path,
    app: (config, outputFolder = 'cdk.out') =>
      weirApp({
        config,
        contracts: repositoryContracts(),
        bundles: findBundles(bundles.path),
        page: findPage(bundles.path),
        archiveSql: repositoryArchiveSql(),
        outputFolder: join(bundles.path, outputFolder),
      }),
    remove: () => bundles.remove(),
  };
}

/** The templates of both stacks. */
export function templatesOf(app: App, config: StageConfig): { data: Template; service: Template } {
  const names = resourceNames(config.stage);
  const template = (id: string) => Template.fromStack(app.node.findChild(id) as Stack);
  return { data: template(names.dataStack), service: template(names.serviceStack) };
}

/** A resource of a template, as far as tests look into it. */
export interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.findResources(type)) as [string, TemplateResource][];
}

/**
 * Text of a template value: `Fn::Join` joined, `Ref` and `Fn::GetAtt` written as `{Name}`, so that a test can say
 * `arn:{AWS::Partition}:kinesis:…`, and `Fn::If` as `{Condition ? this : that}`.
 */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Record<string, unknown>;
  if (typeof node['Ref'] === 'string') return `{${node['Ref']}}`;
  if (Array.isArray(node['Fn::GetAtt'])) return `{${node['Fn::GetAtt'].join('.')}}`;
  if (Array.isArray(node['Fn::Join'])) {
    const [delimiter, items] = node['Fn::Join'] as [string, unknown[]];
    return items.map(textOf).join(delimiter);
  }
  if (Array.isArray(node['Fn::If'])) {
    const [condition, ...branches] = node['Fn::If'] as [string, unknown, unknown];
    return `{${condition} ? ${branches.map(textOf).join(' : ')}}`;
  }
  return JSON.stringify(value);
}
