import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { AssemblyStack } from './assembly.js';
import type { Cdk, CdkResult } from './cdk-command.js';
import type { MotoServer } from './moto-server.js';

export interface EmulatedDeployment {
  readonly assembly: string;
  readonly stacks: readonly AssemblyStack[];
  readonly moto: MotoServer;
  readonly cdk: Cdk;
}

/** What stands in for the parameters that a template has no default for. */
const parameterValues: Readonly<Record<string, string>> = {
  TokenIssuer: 'https://issuer.example',
  TokenJwksUri: 'https://issuer.example/jwks.json',
};

/**
 * Bootstraps the emulated account, deploys, finds every resource of the templates created, deploys again to no effect, and
 * destroys.
 *
 * @throws Error at the first step that does not come out so, with what the command line said.
 */
export async function deployAndDestroy(deployment: EmulatedDeployment): Promise<void> {
  const { assembly, stacks, moto, cdk } = deployment;
  const app = ['--app', assembly];
  const client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${moto.port}`,
    region: moto.region,
    credentials: { accessKeyId: 'emulated', secretAccessKey: 'emulated' },
  });
  try {
    demand(cdk('bootstrap', `aws://${moto.account}/${moto.region}`), 'bootstrap');
    const saidBefore = moto.log().length;
    const deploy = ['deploy', '--all', ...app, '--require-approval', 'never', ...parameterArguments(stacks)];
    demand(cdk(...deploy), 'deploy');
    demandNothingPassedOver(moto.log().slice(saidBefore));
    for (const stack of stacks) await demandCreated(client, stack);

    const again = demand(cdk(...deploy), 'second deploy');
    for (const { name } of stacks) {
      if (!again.output.includes(`${name} (no changes)`)) fail(`the second deploy changed ${name}`, again);
      await demandStatus(client, name);
      console.log(`${name}: the second deploy changed nothing`);
    }
    demand(cdk('diff', '--all', '--fail', ...app), 'diff after the deploy');
    await demandDestroyed(client, deployment, demand(cdk('destroy', '--all', '--force', ...app), 'destroy'));
  } finally {
    client.destroy();
  }
}

function parameterArguments(stacks: readonly AssemblyStack[]): string[] {
  return stacks.flatMap(({ name, template }) =>
    Object.entries(template.Parameters ?? {}).flatMap(([parameter, { Default }]) => {
      if (Default !== undefined) return [];
      const value = parameterValues[parameter];
      if (value === undefined) throw new Error(`${name}: the parameter ${parameter} needs a value`);
      return ['--parameters', `${name}:${parameter}=${value}`];
    }),
  );
}

function demand(result: CdkResult, step: string): CdkResult {
  if (!result.succeeded) fail(`cdk: ${step} failed`, result);
  return result;
}

function fail(complaint: string, { output }: CdkResult): never {
  throw new Error(`${complaint}:\n${output}`);
}

/** moto logs what it does not create and calls the stack complete nevertheless. */
function demandNothingPassedOver(said: string): void {
  const types = [...said.matchAll(/No Moto CloudFormation support for (\S+)/g)].map((match) => match[1]);
  if (types.length > 0) throw new Error(`moto passed over ${[...new Set(types)].join(', ')} in silence`);
}

async function stackNamed(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  return Stacks.find(({ StackName }) => StackName === name);
}

async function demandStatus(client: CloudFormationClient, name: string): Promise<void> {
  const status = (await stackNamed(client, name))?.StackStatus;
  if (status !== 'CREATE_COMPLETE') throw new Error(`${name} is ${status}, not CREATE_COMPLETE`);
}

async function demandCreated(client: CloudFormationClient, { name, template }: AssemblyStack): Promise<void> {
  await demandStatus(client, name);
  const created = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName: name })) {
    for (const { LogicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
      created.set(LogicalResourceId ?? '', ResourceStatus ?? '');
    }
  }
  const wanting = Object.keys(template.Resources).filter((id) => created.get(id) !== 'CREATE_COMPLETE');
  if (wanting.length > 0) throw new Error(`${name}: not created: ${wanting.join(', ')}`);
  console.log(`${name}: CREATE_COMPLETE, with ${created.size} resources`);
}

async function demandDestroyed(
  client: CloudFormationClient,
  { stacks }: EmulatedDeployment,
  destroy: CdkResult,
): Promise<void> {
  for (const { name } of stacks) {
    if ((await stackNamed(client, name)) !== undefined) fail(`${name} was not destroyed`, destroy);
    console.log(`${name}: destroyed`);
  }
}
