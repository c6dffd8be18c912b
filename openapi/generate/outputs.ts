import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { operationsOf, readContract, type Contract } from './contract.js';
import { referencePage } from './reference.js';
import { validatorModule, type ValidatorSelection } from './validators.js';

/** Who needs what of which contract. Paths are relative to the workspace. */
export interface ContractOutputs {
  readonly contract: string;
  readonly reference: string;
  readonly types: readonly string[];
  readonly operations: readonly string[];
  readonly validators: Readonly<Record<string, ValidatorSelection>>;
}

export const OUTPUTS: readonly ContractOutputs[] = [
  {
    contract: 'openapi/ingest.v1.yaml',
    reference: 'docs/api/ingest.v1.html',
    types: [
      'libs/telemetry-schema/src/generated/ingest.v1.ts',
      'libs/ingest-client/src/generated/ingest.v1.ts',
    ],
    operations: ['apps/ingest-fn/src/generated/ingest.v1.operations.ts'],
    validators: {
      'libs/telemetry-schema/src/generated/ingest.v1.validators.ts': {
        firstErrorOnly: ['Reading'],
        parameters: false,
      },
    },
  },
  {
    contract: 'openapi/analytics.v1.yaml',
    reference: 'docs/api/analytics.v1.html',
    types: [
      'apps/analytics-fn/src/generated/analytics.v1.ts',
      'libs/analytics-client/src/generated/analytics.v1.ts',
    ],
    operations: ['apps/analytics-fn/src/generated/analytics.v1.operations.ts'],
    validators: {
      'apps/analytics-fn/src/generated/analytics.v1.validators.ts': {
        allErrors: ['DeviceUpdate'],
        parameters: true,
      },
    },
  },
];

/** Everything that is generated from the contracts: text by path, relative to the workspace. */
export async function generateAll(workspaceRoot: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const output of OUTPUTS) {
    const file = resolve(workspaceRoot, output.contract);
    const contract = readContract(file);
    const types = await typesModule(file);
    for (const path of output.types) files.set(path, types);
    files.set(output.reference, await referencePage(file));
    for (const path of output.operations) files.set(path, operationsModule(contract));
    for (const [path, selection] of Object.entries(output.validators)) {
      files.set(path, await validatorModule(contract, selection));
    }
  }
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
