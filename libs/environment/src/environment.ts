/** A variable of the environment is missing or wrong. The message names it and says what it must be. */
export class EnvironmentError extends Error {
  readonly code = 'environment_invalid';
  override readonly name = 'EnvironmentError';

  constructor(variable: string, reason: string) {
    super(`The environment variable ${variable} ${reason}.`);
  }
}

/** The variables that a function is deployed with, each checked as it is read. All methods throw {@link EnvironmentError}. */
export class Environment {
  constructor(private readonly variables: Readonly<Record<string, string | undefined>>) {}

  /** A text that is not blank. */
  text(name: string, fallback?: string): string {
    const value = this.variables[name] ?? fallback;
    if (value === undefined || value.trim() === '') throw new EnvironmentError(name, 'is not set');
    return value;
  }

  /** A whole number from `min` to `max`, in decimal digits. */
  wholeNumber(
    name: string,
    bounds: { readonly fallback: number; readonly min: number; readonly max: number },
  ): number {
    const { fallback, min, max } = bounds;
    const value = this.variables[name];
    if (value === undefined) return fallback;
    if (!/^\d{1,9}$/.test(value) || Number(value) < min || Number(value) > max) {
      throw new EnvironmentError(name, `must be a whole number from ${min} to ${max}, not "${value}"`);
    }
    return Number(value);
  }

  /** One of the given whole numbers. */
  oneOf(name: string, allowed: readonly number[], fallback: number): number {
    const value = this.variables[name] ?? String(fallback);
    if (!allowed.map(String).includes(value)) {
      throw new EnvironmentError(name, `must be one of ${allowed.join(', ')}, not "${value}"`);
    }
    return Number(value);
  }

  /** `true` or `false`, in any case; false where it is not set. */
  flag(name: string): boolean {
    const value = this.variables[name]?.toLowerCase() ?? 'false';
    if (value !== 'true' && value !== 'false') {
      throw new EnvironmentError(name, `must be true or false, not "${value}"`);
    }
    return value === 'true';
  }
}
