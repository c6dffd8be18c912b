import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import type { MotoServer } from './moto-server.js';

const cdkProgram = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

export interface CdkResult {
  readonly succeeded: boolean;
  /** What it wrote to both outputs. */
  readonly output: string;
}

export type Cdk = (...args: readonly string[]) => CdkResult;

/**
 * The CDK's command line against moto, in an environment of its own: no profile, credential or cache of this machine gets in.
 *
 * @param home a folder for what it remembers of accounts
 */
export function cdkFor(moto: MotoServer, home: string): Cdk {
  const environment = {
    PATH: process.env['PATH'],
    HOME: home,
    USERPROFILE: home,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${moto.port}`,
    // The command line hands this to CloudFormation as the place of the templates. moto reads a bucket from the path of a
    // URL only where its host is `localhost`.
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `http://localhost:${moto.port}`,
    AWS_ACCESS_KEY_ID: 'emulated',
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_REGION: moto.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
    NO_COLOR: '1',
  };
  return (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cdkProgram, ...args, '--no-notices'], {
      cwd: home,
      env: environment,
      encoding: 'utf8',
      timeout: 600_000,
    });
    return { succeeded: status === 0, output: `${stdout}${stderr}` };
  };
}
