import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ContractApi } from './constructs/contract-api.js';
import { DashboardSite } from './constructs/dashboard-site.js';
import { FlowDashboard } from './constructs/flow-dashboard.js';
import { FreshnessObjective } from './constructs/freshness-objective.js';
import { GatewayAccount } from './constructs/gateway-account.js';
import { ReadingAlarms } from './constructs/reading-alarms.js';
import { RequestFirewall } from './constructs/request-firewall.js';
import { StageKey } from './constructs/stage-key.js';
import { TelemetryEventSource } from './constructs/telemetry-event-source.js';
import { TokenTrust } from './constructs/token-trust.js';
import { WeirFunction } from './constructs/weir-function.js';
import type { Contract } from './contract.js';
import type { FunctionBundles } from './function-bundles.js';
import { acknowledge } from './acknowledgement.js';
import { dataKeyStatement, tableKeyActions, type EncryptingService } from './data-key-statement.js';
import { dataArns, resourceNames, type DataArns, type ResourceNames } from './resource-names.js';
import type { StageConfig } from './stage-config.js';

export interface ServiceStackProps extends StackProps {
  readonly config: StageConfig;
  readonly contracts: { readonly ingest: Contract; readonly analytics: Contract };
  readonly bundles: FunctionBundles;
  /** Folder of the dashboard's built page. */
  readonly page: string;
}

/** What keeps no telemetry: the functions, the APIs, who may use them, their alarms and dashboards. */
export class ServiceStack extends Stack {
  private readonly config: StageConfig;
  private readonly bundles: FunctionBundles;
  private readonly names: ResourceNames;
  private readonly arns: DataArns;
  private readonly logKey: StageKey | undefined;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    this.config = props.config;
    this.bundles = props.bundles;
    this.names = resourceNames(props.config.stage);
    this.arns = dataArns(this, this.names);
    this.logKey = props.config.customerKeys ? this.keyOfLogs() : undefined;

    const trust = new TokenTrust(this, 'TokenTrust', { config: props.config });
    const authorizer = this.authorizerFunction(trust);
    const ingest = this.ingestFunction();
    const analytics = this.analyticsFunction();
    const { mappingId } = new TelemetryEventSource(this, 'Telemetry', {
      names: this.names,
      arns: this.arns,
      settings: props.config.processing,
      consumer: this.processFunction(),
    });

    const account = new GatewayAccount(this, 'GatewayAccount');
    const common = { config: props.config, authorizer, account, logKey: this.logKey };
    const ingestApi = new ContractApi(this, 'IngestApi', {
      ...common,
      api: 'ingest',
      contract: props.contracts.ingest,
      handler: ingest,
      // A compressed body is not text: it must reach the function untouched, which inflates it within a limit.
      binaryMediaTypes: ['application/json'],
    });
    ingestApi.output('IngestUrl', 'Where devices post telemetry; the paths of the ingest contract follow.');
    const analyticsApi = new ContractApi(this, 'AnalyticsApi', {
      ...common,
      api: 'analytics',
      contract: props.contracts.analytics,
      handler: analytics,
      minimumCompressionBytes: 1_024,
      allowOrigin: '*',
    });
    analyticsApi.output(
      'AnalyticsUrl',
      'Where queries are answered; the paths of the analytics contract follow.',
    );
    if (props.config.site.deploy) {
      const { config, page } = props;
      new DashboardSite(this, 'Site', { config, page, analytics: analyticsApi, trust, logKey: this.logKey });
    }
    this.addFirewall({ Ingest: ingestApi.api.deploymentStage, Analytics: analyticsApi.api.deploymentStage });

    const { names, config } = this;
    new FreshnessObjective(this, 'FreshnessObjective', { names, config });
    new ReadingAlarms(this, 'Readings', { names, config });
    new FlowDashboard(this, 'Dashboard', { names, config, mappingId });
  }

  private authorizerFunction(trust: TokenTrust): WeirFunction {
    return new WeirFunction(this, 'Authorizer', {
      config: this.config,
      name: 'authorizer-fn',
      description: 'Verifies bearer tokens for the gateway.',
      settings: this.config.functions.authorizer,
      bundle: this.bundles['authorizer-fn'],
      environment: trust.environment,
      statements: [],
      logKey: this.logKey,
    });
  }

  private ingestFunction(): WeirFunction {
    const ingest = new WeirFunction(this, 'Ingest', {
      config: this.config,
      name: 'ingest-fn',
      description: 'Validates telemetry and puts it durably into the stream.',
      settings: this.config.functions.ingest,
      bundle: this.bundles['ingest-fn'],
      environment: {
        STREAM_NAME: this.names.stream,
        DEVICE_GROUPS: String(this.config.stream.deviceGroups),
      },
      statements: [new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [this.arns.stream] })],
      logKey: this.logKey,
    });
    return this.useDataKey(ingest, { kinesis: ['kms:GenerateDataKey'] });
  }

  private processFunction(): WeirFunction {
    const process = new WeirFunction(this, 'Process', {
      config: this.config,
      name: 'process-fn',
      description: 'Merges envelopes from the stream into blocks and rollups.',
      settings: this.config.functions.process,
      bundle: this.bundles['process-fn'],
      environment: { ...this.storeEnvironment(), QUARANTINE_BUCKET: this.names.quarantineBucket },
      statements: [
        this.tableStatement(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem']),
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [`${this.arns.quarantineBucket}/*`] }),
      ],
      logKey: this.logKey,
    });
    acknowledge(process.role, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${this.names.prefix}-quarantine-<AWS::AccountId>-<AWS::Region>/*]`]:
        'What is quarantined is named by when and why; the bucket holds nothing else.',
    });
    return this.useDataKey(process, {
      kinesis: ['kms:Decrypt'],
      dynamodb: tableKeyActions,
      s3: ['kms:GenerateDataKey'],
    });
  }

  private analyticsFunction(): WeirFunction {
    const analytics = new WeirFunction(this, 'Analytics', {
      config: this.config,
      name: 'analytics-fn',
      description: 'Answers queries and keeps the device registry.',
      settings: this.config.functions.analytics,
      bundle: this.bundles['analytics-fn'],
      environment: this.storeEnvironment(),
      statements: [
        this.tableStatement([]),
        new PolicyStatement({ actions: ['dynamodb:Query'], resources: [this.arns.siteIndex] }),
      ],
      logKey: this.logKey,
    });
    return this.useDataKey(analytics, { dynamodb: tableKeyActions });
  }

  private storeEnvironment(): Record<string, string> {
    const { blockMinutes, registryCacheSeconds } = this.config.storage;
    return {
      TABLE_NAME: this.names.table,
      BLOCK_MINUTES: String(blockMinutes),
      REGISTRY_CACHE_SECONDS: String(registryCacheSeconds),
    };
  }

  /** Reads and conditional writes. A transaction needs the permissions of the writes in it. Nothing is ever deleted: items expire. */
  private tableStatement(moreActions: readonly string[]): PolicyStatement {
    return new PolicyStatement({
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', ...moreActions].sort(),
      resources: [this.arns.table],
    });
  }

  /** Where the stage has its own key: what the function's calls to each service make that service do with it. */
  private useDataKey(
    user: WeirFunction,
    uses: Readonly<Partial<Record<EncryptingService, readonly string[]>>>,
  ): WeirFunction {
    if (!this.config.customerKeys) return user;
    for (const [service, actions] of Object.entries(uses)) {
      user.role.addToPolicy(dataKeyStatement(this, this.names, service as EncryptingService, actions));
    }
    acknowledge(user.role, {
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]':
        'A condition narrows it to the key with the alias of the stage, whose id only the data stack knows.',
    });
    return user;
  }

  private keyOfLogs(): StageKey {
    const { prefix, logKeyAlias } = this.names;
    return new StageKey(this, 'LogKey', {
      alias: logKeyAlias,
      description: `Encrypts the logs of ${prefix}.`,
      removalPolicy: RemovalPolicy.DESTROY,
      logGroups: [`/aws/lambda/${prefix}-*`, `/weir/${this.config.stage}/*`],
    });
  }

  private addFirewall(stages: Readonly<Record<string, Stage>>): void {
    const { requestsPerAddress } = this.config.firewall;
    if (requestsPerAddress === 'none') return;
    new RequestFirewall(this, 'Firewall', { name: `${this.names.prefix}-apis`, requestsPerAddress, stages });
  }
}
