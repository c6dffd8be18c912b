import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ReadmeExample {
  /** Of the README's examples, from 1. */
  number: number;
  /** A whole module, in TypeScript. */
  code: string;
  /** What it prints, where the README shows that. */
  output: string | undefined;
}

/** A TypeScript or JavaScript block, and the text block that follows at once, which is what the code prints. */
const EXAMPLE = /^```(?:ts|js)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms;

/** Finds every example of a README. */
export function readmeExamples(file: string): ReadmeExample[] {
  return [...readFileSync(file, 'utf8').matchAll(EXAMPLE)].map(([, code = '', output], index) => ({
    number: index + 1,
    code,
    output,
  }));
}

/**
 * Writes each example into a file of its own.
 *
 * @param replacements what stands for something else in READMEs: addresses and tokens.
 * @returns the files, absolute, in the order of the examples.
 */
export function writeExamples(
  folder: string,
  name: string,
  examples: readonly ReadmeExample[],
  replacements: Readonly<Record<string, string>> = {},
): string[] {
  return examples.map(({ number, code }) => {
    const file = join(folder, `${name}-${number}.ts`);
    const text = Object.entries(replacements).reduce((rest, [from, to]) => rest.replaceAll(from, to), code);
    writeFileSync(file, text);
    return file;
  });
}
