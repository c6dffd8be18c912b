import { App, DefaultStackSynthesizer } from 'aws-cdk-lib';
import type { ArchiveSql } from './archive-sql.js';
import type { Contract } from './contract.js';
import { DataStack } from './data-stack.js';
import type { FunctionBundles } from './function-bundles.js';
import { resourceNames } from './resource-names.js';
import { ServiceStack } from './service-stack.js';
import type { StageConfig } from './stage-config.js';

export interface WeirAppOptions {
  readonly config: StageConfig;
  readonly contracts: { readonly ingest: Contract; readonly analytics: Contract };
  readonly bundles: FunctionBundles;
  readonly archiveSql: ArchiveSql;
  /** Folder of the dashboard's built page. */
  readonly page: string;
  /** Absolute folder for the cloud assembly. */
  readonly outputFolder: string;
}

/**
 * One stage as a CDK application. Account and region are left open, so synthesis asks nobody anything, and the same
 * input gives the same bytes.
 */
export function weirApp(options: WeirAppOptions): App {
  const { config } = options;
  const names = resourceNames(config.stage);
  const app = new App({
    outdir: options.outputFolder,
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
  });
  const common = {
    config,
    tags: { application: 'weir', stage: config.stage },
    terminationProtection: config.keepData,
  };
  const data = new DataStack(app, names.dataStack, {
    ...common,
    description: `Weir ${config.stage}: stream, table, archive and quarantine.`,
    archiveSql: options.archiveSql,
    synthesizer: synthesizer(),
  });
  const service = new ServiceStack(app, names.serviceStack, {
    ...common,
    description: `Weir ${config.stage}: functions, APIs and dashboard.`,
    contracts: options.contracts,
    bundles: options.bundles,
    page: options.page,
    synthesizer: synthesizer(),
  });
  service.addStackDependency(data, 'The functions find the data by its names.');
  return app;
}

/** The CDK CLI checks the bootstrap version from the manifest, so the template needs no rule and parameter for it. */
function synthesizer(): DefaultStackSynthesizer {
  return new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
}
