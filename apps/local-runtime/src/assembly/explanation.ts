import type { AssemblyPlan, PlannedResource } from './assembly-plan.js';

/**
 * The table of `--explain`: each resource with its verdict and reason, then the properties of the supported ones, then
 * the problems.
 */
export function explainPlan(plan: AssemblyPlan): string {
  const resources = [...plan.resources].sort((a, b) => compare(a.type, b.type) || compare(a.id, b.id));
  const overview = [
    ...resources.map((resource) => [
      resource.type,
      resource.id,
      resourceVerdict(resource),
      resource.support.verdict === 'inert' ? resource.support.reason : '',
    ]),
    ...plan.unplanned.map(({ type, id }) => [type, id, 'error', '']),
  ].sort(
    ([type = '', id = ''], [otherType = '', otherId = '']) =>
      compare(type, otherType) || compare(id, otherId),
  );
  const properties = resources.flatMap((resource) =>
    resource.verdicts.map(({ path, verdict, reason }) => [resource.id, path, verdict, reason]),
  );
  const sections = [
    formatTable(['TYPE', 'RESOURCE', 'VERDICT', 'REASON'], overview),
    formatTable(['RESOURCE', 'PROPERTY', 'VERDICT', 'REASON'], properties),
  ];
  if (plan.problems.length > 0) {
    sections.push(['Problems:', ...plan.problems.map((problem) => `  ${problem.message}`)].join('\n'));
  }
  return `${sections.join('\n\n')}\n`;
}

function resourceVerdict(resource: PlannedResource): string {
  return resource.verdicts.some(({ verdict }) => verdict === 'error') ? 'error' : resource.support.verdict;
}

function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_title, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
