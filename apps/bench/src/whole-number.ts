/** @throws Error naming the option that is no whole number from `min` to `max`. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`${option} must be a whole number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}
