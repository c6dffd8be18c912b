import { isNamed } from '../faults/fault-plan.js';
import type { InspectedFunction } from '../boot/boot-context.js';
import { UsageError } from './usage-error.js';

/** What `--inspect` asks for: a function by its name or the end of it, and the port for a debugger. */
export interface InspectChoice {
  readonly name: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** The port that debuggers of Node.js try by themselves. */
const defaultPort = 9_229;

/** Reads values of the form `FUNCTION` or `FUNCTION:PORT`. @throws UsageError. */
export function parseInspectChoices(values: readonly string[]): InspectChoice[] {
  const choices = values.map((value) => {
    const [, name, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(value) ?? [];
    const choice = { name: name ?? '', port: Number(port ?? defaultPort) };
    if (name !== undefined && choice.port <= 65_535) return choice;
    throw new UsageError(
      `--inspect must be a function, or function:port with a port up to 65535, not ${value}.`,
    );
  });
  const twice = choices.find(({ port }, index) => {
    return port !== 0 && choices.findIndex((other) => other.port === port) !== index;
  });
  if (twice === undefined) return choices;
  throw new UsageError(
    `--inspect ${twice.name}: another function has the port ${twice.port}; name one, as in ${twice.name}:${twice.port + 1}.`,
  );
}

/** @throws UsageError naming the functions there are, when one is meant that is none of them or could be several. */
export function findInspected(
  choices: readonly InspectChoice[],
  functionNames: readonly string[],
): InspectedFunction[] {
  return choices.map(({ name, port }) => {
    const [functionName, ...others] = functionNames.includes(name)
      ? [name]
      : functionNames.filter((candidate) => isNamed(candidate, name));
    if (functionName !== undefined && others.length === 0) return { functionName, port };
    const what = others.length === 0 ? 'no function has this name' : 'several functions have this name';
    throw new UsageError(`--inspect ${name}: ${what}. There are: ${functionNames.join(', ')}.`);
  });
}
