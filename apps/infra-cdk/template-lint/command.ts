/**
 * Checks the templates of a cloud assembly with cfn-lint: resource schemas, values, references, IAM policies.
 * `tsx template-lint/command.ts <assembly> [--require]`
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readStacks } from '../emulated-deploy/assembly.js';
import { preparePythonTools, reportSkipped } from '../python/python-tools.js';
import { ignoredRules } from './ignored-rules.js';

function lint(assembly: string): void {
  const tools = preparePythonTools();
  if (tools.kind === 'absent') {
    reportSkipped(`cfn-lint of ${assembly}`, tools.reason);
    return;
  }
  const files = readStacks(assembly).map(({ templateFile }) => join(assembly, templateFile));
  const { status } = spawnSync(
    tools.program('cfn-lint'),
    ['--ignore-checks', ...Object.keys(ignoredRules), '--', ...files],
    { stdio: 'inherit' },
  );
  if (status === 0) console.log(`cfn-lint finds nothing in ${files.length} templates of ${assembly}.`);
  else process.exitCode = 1;
}

const [assembly = 'cdk.out'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
try {
  lint(resolve(assembly));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
