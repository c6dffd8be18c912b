import type { ContractReport } from './guard.js';
import type { Need } from './need.js';
import { placeOf, type Finding } from './verdict.js';

/** A schema can reach all operations; the JSON has the whole list. */
const OPERATIONS_NAMED = 3;

export function isSatisfied(reports: readonly ContractReport[]): boolean {
  return reports.every(({ needs }) => needs.every(({ satisfied }) => satisfied));
}

/** What the guard found, for people. */
export function reportText(reports: readonly ContractReport[]): string {
  const verdict = isSatisfied(reports)
    ? 'Every change is announced.'
    : 'Changes are not announced. Run `npx nx run openapi:guard --write`, or `npx changeset` to choose your own words.';
  return [...reports.flatMap(contractLines), verdict].join('\n');
}

/** The same for programs. */
export function reportJson(reports: readonly ContractReport[]): string {
  return JSON.stringify({ satisfied: isSatisfied(reports), contracts: reports }, null, 2);
}

function contractLines({ contract, base, bump, findings, needs }: ContractReport): string[] {
  const against = `${base.commit.slice(0, 8)}, ${base.reason}`;
  if (bump === 'none') return [`${contract}: no change since ${against}.`, ''];
  return [
    `${contract}: ${bump}, compared with ${against}.`,
    ...findings.flatMap(findingLines),
    ...needs.map(needLine),
    ...(needs.length === 0 ? ['  No published package is generated from it.'] : []),
    '',
  ];
}

function findingLines(finding: Finding): string[] {
  const { kind, rule, bump, because, operations } = finding;
  const line = `  ${bump.padEnd(5)}  ${placeOf(finding)} ${kind}`;
  if (bump === 'patch') return [`${line} (${rule})`];
  return [`${line}${reachOf(operations)}`, `         ${rule}: ${because}`];
}

function reachOf(operations: readonly string[]): string {
  if (operations.length === 0) return '';
  const [named, others] = [operations.slice(0, OPERATIONS_NAMED), operations.length - OPERATIONS_NAMED];
  return ` [${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}]`;
}

function needLine({ package: name, needed, announced, changesets, satisfied }: Need): string {
  const where = changesets.length === 0 ? '' : ` by ${changesets.join(', ')}`;
  if (satisfied) return `  ok: ${name} needs ${needed}, and ${announced} is announced${where}.`;
  const found = announced === 'none' ? 'nothing is announced' : `only ${announced} is announced${where}`;
  return `  refused: ${name} needs a changeset with ${needed}, but ${found}.`;
}
