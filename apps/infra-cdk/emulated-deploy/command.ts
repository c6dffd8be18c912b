/**
 * Deploys a stage's cloud assembly to moto with the CDK's own command line: bootstrap, deploy, deploy again, destroy.
 * `tsx emulated-deploy/command.ts <assembly> [--require]`
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { preparePythonTools, reportSkipped } from '../python/python-tools.js';
import { dropTerminationProtection, readStacks, writeTemplate, type AssemblyStack } from './assembly.js';
import { cdkFor } from './cdk-command.js';
import { deployAndDestroy } from './deploy-and-destroy.js';
import { emulationGaps } from './emulation-gaps.js';
import { startMoto } from './moto-server.js';
import { reduceTemplate } from './reduce-template.js';
import { checkTypes, supportedTypes } from './resource-types.js';

/** Leaves out of every template in the folder what moto cannot do, and says so. Returns the stacks as they are deployed. */
function reduceAssembly(folder: string, supported: ReadonlySet<string>): AssemblyStack[] {
  const left = new Map<string, number>();
  const stacks = readStacks(folder).map((stack) => {
    checkTypes(stack, supported, emulationGaps);
    const { template, leftOut } = reduceTemplate(stack.template, (type) => type in emulationGaps);
    for (const [type, ids] of leftOut) left.set(type, (left.get(type) ?? 0) + ids.length);
    writeTemplate(folder, stack, template);
    return { ...stack, template };
  });
  console.log('Left out, for moto cannot do it:');
  for (const [type, count] of [...left].sort()) {
    console.log(`  ${String(count).padStart(3)} ${type}: ${emulationGaps[type]?.reason}`);
  }
  const unprotected = dropTerminationProtection(folder);
  if (unprotected.length > 0) {
    console.log(`      termination protection of ${unprotected.join(', ')}: moto has no such setting.`);
  }
  return stacks;
}

async function emulatedDeploy(assembly: string): Promise<void> {
  const tools = preparePythonTools();
  if (tools.kind === 'absent') {
    reportSkipped(`the emulated deploy of ${assembly}`, tools.reason);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-emulated-deploy-'));
  try {
    const copy = join(folder, 'cdk.out');
    const home = join(folder, 'home');
    mkdirSync(home);
    cpSync(assembly, copy, { recursive: true });
    const stacks = reduceAssembly(copy, supportedTypes(tools.program('python')));
    const moto = await startMoto(tools.program('moto_server'), folder);
    try {
      await deployAndDestroy({ assembly: copy, stacks, moto, cdk: cdkFor(moto, home) });
    } catch (error) {
      throw new Error(`${(error as Error).message}\nmoto said last:\n${complaintsOf(moto.log())}`, {
        cause: error,
      });
    } finally {
      await moto.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The end of moto's log, without the requests that it could answer. */
function complaintsOf(log: string): string {
  return log
    .split('\n')
    .filter((line) => !/" 200 -$/.test(line))
    .slice(-30)
    .join('\n');
}

const [assembly = 'cdk.out'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
try {
  await emulatedDeploy(resolve(assembly));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
