import { Arn, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../function-bundles.js';
import { ofFunction } from '../metrics/resource-metrics.js';
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

const timeoutShareMax = 0.8;

/** One of the functions, with a role and a log of its own. */
export class WeirFunction extends Construct {
  readonly function: Function;
  readonly role: Role;
  /** Its ARN by its name, for what must not wait for it. */
  readonly arnByName: string;

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
    this.arnByName = Arn.format(
      {
        service: 'lambda',
        resource: 'function',
        resourceName: functionName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      },
      Stack.of(this),
    );
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
    this.addAlarms(props);
  }

  private addAlarms({ config, name, settings }: WeirFunctionProps): void {
    const names = resourceNames(config.stage);
    const alarm = (
      id: string,
      problem: 'errors' | 'throttles' | 'duration',
      meaning: string,
      metric: Metric,
      above: number,
    ) =>
      new RunbookAlarm(this, id, {
        names,
        slug: `${name}-${problem}`,
        meaning,
        section: `function-${problem}`,
        metric,
        when: { above },
        periods: [2, 3],
      });
    const sum = { statistic: 'Sum', minutes: 5 };
    const errors = ofFunction(names, name, 'Errors', sum);
    alarm('Errors', 'errors', 'Invocations end with an error or a timeout.', errors, 0);
    const throttles = ofFunction(names, name, 'Throttles', sum);
    alarm('Throttles', 'throttles', 'Lambda refuses invocations for want of concurrency.', throttles, 0);
    const longest = ofFunction(names, name, 'Duration', { statistic: 'Maximum', minutes: 5 });
    const meaning = 'Invocations take more than 80 % of the time after which they are ended.';
    alarm('Duration', 'duration', meaning, longest, settings.timeoutSeconds * 1_000 * timeoutShareMax);
  }
}
