import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The project whose target `deploy` takes everything else along. */
const DEPLOYED = 'infra-cdk';

/** True where Nx says that a change since a commit reaches what is deployed. */
export function isDeploymentAffected(root: string, base: string): boolean {
  const args = [
    'show',
    'projects',
    '--affected',
    `--base=${base}`,
    '--head=HEAD',
    '--withTarget=deploy',
    '--json',
  ];
  const output = execFileSync(join(root, 'node_modules/.bin/nx'), args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_ROOT_PATH: root },
  });
  return (JSON.parse(output) as string[]).includes(DEPLOYED);
}
