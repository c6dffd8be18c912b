/** The way from a profile's root to a field: names of members and places in lists. */
export type FieldPath = readonly (string | number)[];

/** A field is missing, unknown or wrong. */
export class FieldError extends Error {
  override readonly name = 'FieldError';

  constructor(
    readonly path: FieldPath,
    reason: string,
  ) {
    super(`${pathText(path)} ${reason}`);
  }
}

/** A value of unknown shape with its path. Every method throws a {@link FieldError} when the value is not what it asks for. */
export class ProfileField {
  constructor(
    readonly value: unknown,
    readonly path: FieldPath = [],
  ) {}

  get isGiven(): boolean {
    return this.value !== undefined;
  }

  /** The members of an object that may have no others: a typing error must not be ignored. */
  members<Name extends string>(names: readonly Name[]): Record<Name, ProfileField> {
    const fields = this.#object();
    const known: readonly string[] = names;
    const stray = Object.keys(fields).find((name) => !known.includes(name));
    if (stray !== undefined) {
      throw new FieldError([...this.path, stray], `is no field here; there are: ${names.join(', ')}`);
    }
    const entries = names.map((name) => [name, new ProfileField(fields[name], [...this.path, name])]);
    return Object.fromEntries(entries) as Record<Name, ProfileField>;
  }

  /** All members of an object with names of its own choice, one at least. */
  entries(): [string, ProfileField][] {
    const entries = Object.entries(this.#object());
    if (entries.length === 0) throw this.wrong('must have a member');
    return entries.map(([name, value]) => [name, new ProfileField(value, [...this.path, name])]);
  }

  items(): ProfileField[] {
    if (!Array.isArray(this.value) || this.value.length === 0)
      throw this.wrong('must be a list with an item');
    return this.value.map((item: unknown, place) => new ProfileField(item, [...this.path, place]));
  }

  text(lengthMax: number): string {
    if (typeof this.value === 'string' && this.value !== '' && this.value.length <= lengthMax)
      return this.value;
    throw this.wrong(`must be a text of 1 to ${lengthMax} characters`);
  }

  /** What the API takes as an identifier, short enough to stand with a number or a prefix. */
  identifier(): string {
    if (typeof this.value === 'string' && /^[A-Za-z0-9._:-]{1,100}$/.test(this.value)) return this.value;
    throw this.wrong('must be 1 to 100 of the characters A-Z a-z 0-9 . _ : -');
  }

  number([min, max]: [number, number], absent?: number): number {
    if (!this.isGiven && absent !== undefined) return absent;
    if (typeof this.value === 'number' && this.value >= min && this.value <= max) return this.value;
    throw this.wrong(`must be a number from ${min} to ${max}`);
  }

  whole([min, max]: [number, number], absent?: number): number {
    const number = this.number([min, max], absent);
    if (Number.isInteger(number)) return number;
    throw this.wrong(`must be a whole number from ${min} to ${max}`);
  }

  /** A duration given in seconds, to the millisecond. @returns whole milliseconds */
  seconds(range: [number, number], absent?: number): number {
    const durationMs = 1_000 * this.number(range, absent);
    const wholeMs = Math.round(durationMs);
    if (Math.abs(durationMs - wholeMs) < 1e-6) return wholeMs;
    throw this.wrong('must be a number of seconds with at most three decimals');
  }

  wrong(reason: string): FieldError {
    return new FieldError(
      this.path,
      this.isGiven ? `${reason}, not ${shown(this.value)}` : `${reason}; it is missing`,
    );
  }

  #object(): Record<string, unknown> {
    const { value } = this;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw this.wrong('must be an object');
  }
}

/** `models.P-1[0].decimals` */
function pathText(path: FieldPath): string {
  if (path.length === 0) return 'the profile';
  return path
    .map((step, place) => {
      if (typeof step === 'number') return `[${step}]`;
      return place === 0 ? step : `.${step}`;
    })
    .join('');
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
