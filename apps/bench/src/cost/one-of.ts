/**
 * The text, if it is one of the words.
 *
 * @throws Error naming the option and the words
 */
export function oneOf<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`${option} must be one of ${words.join(', ')}, not "${text}"`);
  return found;
}
