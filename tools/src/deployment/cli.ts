import { parseArgs } from 'node:util';
import { isDeploymentAffected } from './affected.js';
import { decide } from './due.js';
import { StageTag } from './stage-tag.js';

const USAGE = `Usage: tsx tools/src/deployment/cli.ts due STAGE [--force]
       tsx tools/src/deployment/cli.ts record STAGE [--remote NAME]

  due     prints due=true or due=false: whether the stage lacks something of HEAD that it runs
  record  remembers HEAD as what the stage runs, by the tag deployed/STAGE here and at the remote`;

const OPTIONS = {
  force: { type: 'boolean', default: false },
  remote: { type: 'string', default: 'origin' },
} as const;

function main(): void {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command, stage, ...rest] = positionals;
  if (stage === undefined || !/^[a-z]+$/.test(stage) || rest.length > 0)
    throw new TypeError('Name one stage');
  const root = process.cwd();
  const tag = new StageTag(root, stage);
  if (command === 'due') due(root, stage, tag, values.force);
  else if (command === 'record') tag.moveToHead(values.remote);
  else throw new TypeError(`Unknown command ${command}`);
}

function due(root: string, stage: string, tag: StageTag, force: boolean): void {
  const deployed = tag.commit();
  const decision = decide({
    deployed,
    head: tag.head(),
    deployedIsAncestor: tag.isAncestorOfHead(),
    affected: () => isDeploymentAffected(root, deployed as string),
    force,
  });
  console.error(`${stage} is ${decision.due ? '' : 'not '}due: ${decision.reason}.`);
  console.log(`due=${decision.due}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
