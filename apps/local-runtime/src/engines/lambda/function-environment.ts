/** What a worker process sees as `process.env`: nothing of the runtime's own environment but `PATH`. */
export interface FunctionEnvironmentInput {
  readonly functionName: string;
  readonly region: string;
  readonly assetDir: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly logStreamName: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly xrayDaemonAddress: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly path: string | undefined;
}

/**
 * Variables that Lambda sets and a function's configuration may not. Region and credentials are reserved on AWS too, but a
 * local runtime has to be able to hand out its own.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const reservedNames = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

/**
 * Builds the environment of a function's workers.
 * @throws Error naming the variable when the configuration sets a reserved one.
 */
export function functionEnvironment(input: FunctionEnvironmentInput): Record<string, string> {
  for (const name of reservedNames) {
    if (name in input.environment) {
      throw new Error(
        `Function ${input.functionName}: the environment variable ${name} is reserved by Lambda`,
      );
    }
  }
  const [daemonHost, daemonPort] = splitAddress(input.xrayDaemonAddress);
  return {
    PATH: input.path ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_REGION: input.region,
    AWS_DEFAULT_REGION: input.region,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...(input.xrayDaemonAddress === undefined
      ? {}
      : {
          AWS_XRAY_DAEMON_ADDRESS: input.xrayDaemonAddress,
          _AWS_XRAY_DAEMON_ADDRESS: daemonHost,
          _AWS_XRAY_DAEMON_PORT: daemonPort,
        }),
    ...input.environment,
    _HANDLER: input.handler,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: input.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(input.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: input.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${input.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: input.logStreamName,
    LAMBDA_TASK_ROOT: input.assetDir,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}

function splitAddress(address: string | undefined): [string, string] {
  if (address === undefined) return ['', ''];
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon), address.slice(colon + 1)];
}
