import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readContract, operationsOf } from './contract.js';

const here = resolve(__dirname);

describe('what is generated from the contracts', () => {
  it('is committed as the contracts generate it', () => {
    const tsx = resolve(here, '../../node_modules/.bin/tsx');
    const output = execFileSync(tsx, [resolve(here, 'cli.ts'), '--check'], { encoding: 'utf8' });
    expect(output).toContain('up to date');
  });

  it.each(['ingest.v1.yaml', 'analytics.v1.yaml'])('every operation of %s demands a scope', (file) => {
    const operations = operationsOf(readContract(resolve(here, '..', file)));
    expect(operations.length).toBeGreaterThan(0);
    for (const { operationId, scopes } of operations) {
      expect({ operationId, scopes }).toEqual({ operationId, scopes: [expect.stringMatching(/^\w+:\w+$/)] });
    }
  });
});
