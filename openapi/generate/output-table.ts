import type { ValidatorSelection } from './validators.js';

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

/** The codes of the problems of all contracts, for the clients. */
export const PROBLEM_CODES = 'libs/client-core/src/generated/problem-codes.ts';
