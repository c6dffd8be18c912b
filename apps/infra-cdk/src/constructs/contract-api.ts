import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnOutput, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  EndpointType,
  LogGroupLogDestination,
  SpecRestApi,
  type CfnRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';
import type { Contract } from '../contract.js';
import { gatewayBody } from '../gateway-body.js';
import { apiStage, ofApi } from '../metrics/resource-metrics.js';
import { resourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import type { GatewayAccount } from './gateway-account.js';
import { RunbookAlarm } from './runbook-alarm.js';
import type { WeirFunction } from './weir-function.js';

export interface ContractApiProps {
  readonly config: StageConfig;
  /** Which of the two. */
  readonly api: 'ingest' | 'analytics';
  readonly contract: Contract;
  /** Answers all routes. */
  readonly handler: WeirFunction;
  readonly authorizer: WeirFunction;
  readonly account: GatewayAccount;
  readonly binaryMediaTypes?: readonly string[];
  readonly minimumCompressionBytes?: number;
  readonly allowOrigin?: string;
  /** Encrypts the access log; absent: the key of CloudWatch Logs. */
  readonly logKey: IKey | undefined;
}

/** How long the gateway keeps an authorizer's answer for one token. */
const authorizerCacheSeconds = 300;

/** Fields that hold nothing a client can choose freely, so that every line stays valid JSON. */
const accessLogFields = {
  requestId: '$context.requestId',
  xrayTraceId: '$context.xrayTraceId',
  requestTimeMs: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integration.status',
  authorizerLatencyMs: '$context.authorizer.latency',
  errorType: '$context.error.responseType',
};

/** A REST API made from a contract, with its deployment, stage, access log and alarms. */
export class ContractApi extends Construct {
  readonly api: SpecRestApi;
  /** `https://<api>.execute-api.<region>.amazonaws.com/live`; the contract's paths follow. */
  readonly url: string;
  /** The `https://host` of the URL. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: ContractApiProps) {
    super(scope, id);
    const { config } = props;
    const apiName = `${resourceNames(config.stage).prefix}-${props.api}`;
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/weir/${config.stage}/${props.api}-access`,
      retention: config.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.logKey && { encryptionKey: props.logKey }),
    });
    const throttle = config.throttle[props.api];
    this.api = new SpecRestApi(this, 'Api', {
      restApiName: apiName,
      apiDefinition: ApiDefinition.fromInline(this.body(apiName, props)),
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: {
        stageName: apiStage,
        tracingEnabled: true,
        metricsEnabled: true,
        dataTraceEnabled: false,
        throttlingRateLimit: throttle.rateLimit,
        throttlingBurstLimit: throttle.burstLimit,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    this.nameContract(props);
    // The stack names its outputs itself.
    this.api.node.tryRemoveChild('Endpoint');
    this.api.deploymentStage.node.addDependency(props.account);
    this.permitInvocations(props);
    this.acknowledgeRules(config);
    this.addAlarms(props);
    const { region, urlSuffix } = Stack.of(this);
    this.origin = `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}`;
    this.url = `${this.origin}/${this.api.deploymentStage.stageName}`;
  }

  /** Publishes the URL as an output of the stack. */
  output(name: string, description: string): void {
    new CfnOutput(Stack.of(this), name, { value: this.url, description });
  }

  private body(apiName: string, props: ContractApiProps): object {
    const { binaryMediaTypes, minimumCompressionBytes, allowOrigin } = props;
    return gatewayBody(props.contract, {
      apiName,
      integrationUri: this.invocationUri(props.handler.function.functionArn),
      // By name: the authorizer is told the client of the dashboard, whose site has to know this API.
      authorizerUri: this.invocationUri(props.authorizer.arnByName),
      authorizerCacheSeconds,
      ...(binaryMediaTypes && { binaryMediaTypes }),
      ...(minimumCompressionBytes !== undefined && { minimumCompressionBytes }),
      ...(allowOrigin !== undefined && { allowOrigin }),
    });
  }

  /** For tools that read the assembly: the gateway itself takes only what it routes by. */
  private nameContract({ api, contract }: ContractApiProps): void {
    const file = `contract.${api}.json`;
    const stage = Stage.of(this);
    if (stage === undefined) throw new Error('An API stands in an app, whose assembly takes its contract.');
    writeFileSync(join(stage.outdir, file), JSON.stringify(contract));
    (this.api.node.defaultChild as CfnRestApi).addMetadata('weir:contract', file);
  }

  private invocationUri(functionArn: string): string {
    const { partition, region } = Stack.of(this);
    return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  }

  private permitInvocations(props: ContractApiProps): void {
    const principal = new ServicePrincipal('apigateway.amazonaws.com');
    props.handler.function.addPermission(`InvokeBy-${props.api}`, {
      principal,
      scope: this,
      sourceArn: this.api.arnForExecuteApi('*', '/*', this.api.deploymentStage.stageName),
    });
    const { region, account, partition } = Stack.of(this);
    props.authorizer.function.addPermission(`AuthorizeFor-${props.api}`, {
      principal,
      scope: this,
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${this.api.restApiId}/authorizers/*`,
    });
  }

  private acknowledgeRules(config: StageConfig): void {
    acknowledge(this.api, {
      'AwsSolutions-APIG2':
        'The functions check requests, against the whole contract, and name the wrong field.',
    });
    acknowledge(this.api.deploymentStage, {
      'AwsSolutions-APIG6':
        'The access log has every request; execution logs would repeat it at a multiple of the cost.',
      ...(config.firewall.requestsPerAddress === 'none' && {
        'AwsSolutions-APIG3': 'The stage does without a firewall for its cost; throttles bound the requests.',
      }),
    });
  }

  private addAlarms({ api, config }: ContractApiProps): void {
    const names = resourceNames(config.stage);
    new RunbookAlarm(this, 'ServerErrors', {
      names,
      slug: `${api}-server-errors`,
      meaning: 'More than 1 % of the requests are answered with a 5xx status.',
      section: 'api-server-errors',
      metric: ofApi(names, api, '5XXError', { statistic: 'Average', minutes: 1 }),
      when: { above: 0.01 },
      periods: [3, 5],
    });
    const { clientErrorsMaxPercent, latencyP99MaxMs } = config.monitoring;
    new RunbookAlarm(this, 'ClientErrors', {
      names,
      slug: `${api}-client-errors`,
      meaning: `More than ${clientErrorsMaxPercent} % of the requests are answered with a 4xx status.`,
      section: 'api-client-errors',
      metric: ofApi(names, api, '4XXError', { statistic: 'Average', minutes: 5 }),
      when: { above: clientErrorsMaxPercent / 100 },
      periods: [3, 3],
    });
    new RunbookAlarm(this, 'Latency', {
      names,
      slug: `${api}-latency`,
      meaning: `One request of a hundred takes longer than ${latencyP99MaxMs[api]} ms.`,
      section: 'api-latency',
      metric: ofApi(names, api, 'Latency', { statistic: 'p99', minutes: 5 }),
      when: { above: latencyP99MaxMs[api] },
      periods: [3, 3],
    });
  }
}
