import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../function-bundles.js';
import { resourceNames } from '../resource-names.js';
import type { FunctionSettings, StageConfig } from '../stage-config.js';
import { acknowledge } from '../acknowledgement.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface WeirFunctionProps {
  readonly config: StageConfig;
  readonly name: FunctionName;
  readonly description: string;
  readonly settings: FunctionSettings;
  /** Folder with the built `handler.mjs`; it is deployed as it is. */
  readonly bundle: string;
  /** Besides what every function gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Besides writing its own log and traces: exactly what it calls. */
  readonly statements: readonly PolicyStatement[];
  /** Encrypts the log; absent: the key of CloudWatch Logs. */
  readonly logKey: IKey | undefined;
}

/** One of the functions, with a role and a log of its own. */
export class WeirFunction extends Construct {
  readonly function: Function;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: WeirFunctionProps) {
    super(scope, id);
    const { config, settings } = props;
    const functionName = `${resourceNames(config.stage).prefix}-${props.name}`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.logKey && { encryptionKey: props.logKey }),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    for (const statement of props.statements) this.role.addToPolicy(statement);
    this.function = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'handler.handler',
      code: Code.fromAsset(props.bundle),
      memorySize: settings.memoryMb,
      timeout: Duration.seconds(settings.timeoutSeconds),
      ...(settings.reservedConcurrency !== 'unreserved' && {
        reservedConcurrentExecutions: settings.reservedConcurrency,
      }),
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: 'Weir',
        STAGE: config.stage,
        LOG_LEVEL: config.logs.level,
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
    });
    acknowledge(this.role, {
      'AwsSolutions-IAM5[Resource::*]': 'X-Ray has no resources that writing traces could be limited to.',
    });
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'Nothing invokes it asynchronously: callers of the APIs see a failure, and the mapping has a destination for it.',
    });
    this.addAlarms(functionName);
  }

  private addAlarms(functionName: string): void {
    const sum = { statistic: 'Sum', period: Duration.minutes(5) };
    const alarm = (id: string, slug: string, meaning: string, metric: Metric) =>
      new RunbookAlarm(this, id, {
        alarmName: `${functionName}-${slug}`,
        meaning,
        section: `function-${slug}`,
        metric,
        above: 0,
        periods: [2, 3],
      });
    alarm('Errors', 'errors', 'Invocations end with an error or a timeout.', this.function.metricErrors(sum));
    alarm(
      'Throttles',
      'throttles',
      'Lambda refuses invocations for want of concurrency.',
      this.function.metricThrottles(sum),
    );
  }
}
