import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { operationsOf, readContract, type Contract } from './contract.js';
import { OUTPUTS, PROBLEM_CODES } from './output-table.js';
import { problemCodesModule } from './problem-codes.js';
import { referencePage } from './reference.js';
import { validatorModule } from './validators.js';

/** Everything that is generated from the contracts: text by path, relative to the workspace. */
export async function generateAll(workspaceRoot: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const contracts: Contract[] = [];
  for (const output of OUTPUTS) {
    const file = resolve(workspaceRoot, output.contract);
    const contract = readContract(file);
    contracts.push(contract);
    const types = await typesModule(file);
    for (const path of output.types) files.set(path, types);
    files.set(output.reference, await referencePage(file));
    for (const path of output.operations) files.set(path, operationsModule(contract));
    for (const [path, selection] of Object.entries(output.validators)) {
      files.set(path, await validatorModule(contract, selection));
    }
  }
  files.set(PROBLEM_CODES, problemCodesModule(contracts));
  return files;
}

async function typesModule(file: string): Promise<string> {
  const text = astToString(
    await openapiTS(pathToFileURL(file), { alphabetize: false, defaultNonNullable: false }),
  );
  return `// Generated from the contract by \`npm run generate\`; do not edit.\n${text}`;
}

/** What a function must know of its operations beyond types: where they are and which scope they need. */
function operationsModule(contract: Contract): string {
  const operations = operationsOf(contract).map(({ operationId, method, path, scopes }) => ({
    operationId,
    method,
    path,
    scopes,
  }));
  return [
    '// Generated from the contract by `npm run generate`; do not edit.',
    `export const OPERATIONS = ${JSON.stringify(operations, null, 2)} as const;`,
    '',
  ].join('\n');
}
