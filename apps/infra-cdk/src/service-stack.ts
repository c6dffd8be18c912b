import { CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ContractApi } from './constructs/contract-api.js';
import { GatewayAccount } from './constructs/gateway-account.js';
import { TelemetryEventSource } from './constructs/telemetry-event-source.js';
import { WeirFunction } from './constructs/weir-function.js';
import type { Contract } from './contract.js';
import type { FunctionBundles } from './function-bundles.js';
import { dataArns, resourceNames, type DataArns, type ResourceNames } from './resource-names.js';
import type { StageConfig } from './stage-config.js';

export interface ServiceStackProps extends StackProps {
  readonly config: StageConfig;
  readonly contracts: { readonly ingest: Contract; readonly analytics: Contract };
  readonly bundles: FunctionBundles;
}

/** What keeps no state: the functions, the APIs and their alarms. */
export class ServiceStack extends Stack {
  private readonly config: StageConfig;
  private readonly bundles: FunctionBundles;
  private readonly names: ResourceNames;
  private readonly arns: DataArns;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    this.config = props.config;
    this.bundles = props.bundles;
    this.names = resourceNames(props.config.stage);
    this.arns = dataArns(this, this.names);

    const authorizer = this.authorizerFunction();
    const ingest = this.ingestFunction();
    const analytics = this.analyticsFunction();
    new TelemetryEventSource(this, 'Telemetry', {
      names: this.names,
      arns: this.arns,
      settings: props.config.processing,
      consumer: this.processFunction(),
    });

    const account = new GatewayAccount(this, 'GatewayAccount');
    const common = { config: props.config, authorizer, account };
    new ContractApi(this, 'IngestApi', {
      ...common,
      api: 'ingest',
      contract: props.contracts.ingest,
      handler: ingest,
      // A compressed body is not text: it must reach the function untouched, which inflates it within a limit.
      binaryMediaTypes: ['application/json'],
    }).output('IngestUrl', 'Where devices post telemetry; the paths of the ingest contract follow.');
    new ContractApi(this, 'AnalyticsApi', {
      ...common,
      api: 'analytics',
      contract: props.contracts.analytics,
      handler: analytics,
      minimumCompressionBytes: 1_024,
      allowOrigin: '*',
    }).output('AnalyticsUrl', 'Where queries are answered; the paths of the analytics contract follow.');
  }

  private authorizerFunction(): WeirFunction {
    // Plain HTTP is for an issuer on the same machine, where no network lies between.
    const url = {
      allowedPattern: '^(https://\\S+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?(/\\S*)?)$',
      constraintDescription: 'must be an https URL',
    };
    const issuer = new CfnParameter(this, 'TokenIssuer', {
      description: 'The `iss` of the tokens to accept, exactly as it stands in them.',
      ...url,
    });
    const jwksUri = new CfnParameter(this, 'TokenJwksUri', {
      description: "URL of the issuer's public keys (JWKS).",
      ...url,
    });
    const audience = new CfnParameter(this, 'TokenAudience', {
      description: 'The `aud` of the tokens to accept.',
      default: 'weir',
      minLength: 1,
    });
    return new WeirFunction(this, 'Authorizer', {
      config: this.config,
      name: 'authorizer-fn',
      description: 'Verifies bearer tokens for the gateway.',
      settings: this.config.functions.authorizer,
      bundle: this.bundles['authorizer-fn'],
      environment: {
        TOKEN_ISSUER: issuer.valueAsString,
        TOKEN_AUDIENCE: audience.valueAsString,
        TOKEN_JWKS_URI: jwksUri.valueAsString,
      },
      statements: [],
    });
  }

  private ingestFunction(): WeirFunction {
    return new WeirFunction(this, 'Ingest', {
      config: this.config,
      name: 'ingest-fn',
      description: 'Validates telemetry and puts it durably into the stream.',
      settings: this.config.functions.ingest,
      bundle: this.bundles['ingest-fn'],
      environment: { STREAM_NAME: this.names.stream },
      statements: [new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [this.arns.stream] })],
    });
  }

  private processFunction(): WeirFunction {
    return new WeirFunction(this, 'Process', {
      config: this.config,
      name: 'process-fn',
      description: 'Merges envelopes from the stream into blocks and rollups.',
      settings: this.config.functions.process,
      bundle: this.bundles['process-fn'],
      environment: { ...this.storeEnvironment(), QUARANTINE_BUCKET: this.names.quarantineBucket },
      statements: [
        this.tableStatement(['dynamodb:UpdateItem']),
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [`${this.arns.quarantineBucket}/*`] }),
      ],
    });
  }

  private analyticsFunction(): WeirFunction {
    return new WeirFunction(this, 'Analytics', {
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
    });
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
      actions: [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        ...moreActions,
      ],
      resources: [this.arns.table],
    });
  }
}
