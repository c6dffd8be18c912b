import { resolve } from 'node:path';
import { readDocument } from '@weir/contract-check';
import { problemOf, PROBLEMS, type ProblemCode } from '@weir/telemetry-schema';

/** What no operation is for has no place in a contract. */
const ELSEWHERE: readonly string[] = ['not_found', 'method_not_allowed'];

const examples = ['ingest', 'analytics'].flatMap((api) => {
  const document = readDocument(resolve(__dirname, `../../../openapi/${api}.v1.yaml`));
  return Object.values(document.components?.['examples'] ?? {}).map(
    (example) => (example as { value: { code?: string; detail?: string } }).value,
  );
});

describe('a problem that functions answer with', () => {
  it.each(Object.keys(PROBLEMS).filter((code) => !ELSEWHERE.includes(code)))(
    'is in a contract as it is answered: %s',
    (code) => {
      const { type, title, status } = problemOf(code as ProblemCode, {}, undefined);
      const named = examples.filter((example) => example.code === code);
      expect(named).not.toEqual([]);
      for (const example of named) expect(example).toMatchObject({ type, title, status });
    },
  );
});
