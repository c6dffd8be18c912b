import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

type OptionKinds = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }>
>;

/** The options given, by name: texts, lists of texts for those that may come several times, true for flags. */
export class OptionValues {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    /** The arguments that belong to no option. */
    readonly positionals: readonly string[],
  ) {}

  /** @throws UsageError for an unknown option, a missing value or more than `positionalsMax` arguments that belong to no option. */
  static parse(args: readonly string[], kinds: OptionKinds, positionalsMax = 0): OptionValues {
    const { tokens } = parseArgs({ args: [...args], options: kinds, strict: false, tokens: true });
    const values: Record<string, unknown> = {};
    const positionals: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'positional') {
        if (positionals.length === positionalsMax)
          throw new UsageError(`The argument ${token.value} belongs to no option: see --help.`);
        positionals.push(token.value);
      }
      if (token.kind !== 'option') continue;
      const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
      if (kind === undefined) throw new UsageError(`There is no option ${token.rawName}: see --help.`);
      if (kind.type === 'boolean') {
        if (token.value !== undefined) throw new UsageError(`The option ${token.rawName} takes no value.`);
        values[token.name] = true;
        continue;
      }
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
        throw new UsageError(`The option ${token.rawName} needs a value.`);
      }
      const earlier = values[token.name];
      if (kind.multiple === true)
        values[token.name] = [...(Array.isArray(earlier) ? earlier : []), token.value];
      else if (earlier !== undefined) throw new UsageError(`The option ${token.rawName} is given twice.`);
      else values[token.name] = token.value;
    }
    return new OptionValues(values, positionals);
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }
}

/** A port from which three follow. @throws UsageError. */
export function parsePortBase(text: string | undefined): number {
  const port = Number(text ?? 4_000);
  if (Number.isInteger(port) && port >= 1 && port <= 65_533) return port;
  throw new UsageError(`--port-base must be a whole number from 1 to 65533, not ${text ?? ''}.`);
}
