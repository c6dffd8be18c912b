import { basename } from 'node:path';
import type { ContractReport } from './guard.js';
import { placeOf, type Finding } from './verdict.js';

/** A changeset to be written. */
export interface ChangesetText {
  readonly file: string;
  readonly text: string;
}

/**
 * The changeset that satisfies what a contract's changes ask for, or nothing where that is announced already. Its name
 * depends on contract and base alone, so that writing again after a further edit replaces it.
 */
export function changesetFor({ contract, base, needs, findings }: ContractReport): ChangesetText | undefined {
  const open = needs.filter(({ satisfied }) => !satisfied);
  if (open.length === 0) return undefined;
  const name = basename(contract, '.yaml');
  const text = [
    '---',
    ...open.map(({ package: affected, needed }) => `'${affected}': ${needed}`),
    '---',
    '',
    `The contract ${name} changes:`,
    '',
    ...lines(findings),
    '',
  ];
  return {
    file: `contract-${name.replaceAll('.', '-')}-${base.commit.slice(0, 8)}.md`,
    text: text.join('\n'),
  };
}

/** A line for each change that programs notice, and one for all that they do not. */
function lines(findings: readonly Finding[]): string[] {
  const noticed = findings.filter(({ bump }) => bump !== 'patch');
  const texts = findings.length - noticed.length;
  return [
    ...noticed.map((finding) => {
      const { kind, rule, bump, because } = finding;
      return `- ${bump}: \`${placeOf(finding)}\` ${kind} (${rule}). ${because}`;
    }),
    ...(texts === 0 ? [] : [`- patch: ${texts} ${texts === 1 ? 'change' : 'changes'} of texts and names.`]),
  ];
}
