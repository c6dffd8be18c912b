import { AssemblyError } from './errors.js';
import { isJsonList, isJsonObject, type Json, type JsonObject } from './template.js';

/**
 * Reads resolved resource properties with their types. CloudFormation takes numbers and booleans as strings too.
 *
 * Every method throws AssemblyError `invalid_property`, naming resource and property, for a missing or mistyped value.
 */
export class PropertyReader {
  constructor(
    private readonly resourceId: string,
    private readonly properties: JsonObject,
    private readonly parent = '',
  ) {}

  text(name: string): string {
    return this.optionalText(name) ?? this.fail(name, 'is missing');
  }

  optionalText(name: string): string | undefined {
    const value = this.properties[name];
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.fail(name, 'must be text');
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? this.fail(name, 'is missing');
  }

  optionalNumber(name: string): number | undefined {
    const value = this.properties[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number)
      ? number
      : this.fail(name, 'must be a number');
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.properties[name];
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return this.fail(name, 'must be true or false');
  }

  textList(name: string): string[] {
    const value = this.properties[name] ?? [];
    if (isJsonList(value) && value.every((item) => typeof item === 'string')) return [...value];
    return this.fail(name, 'must be a list of texts');
  }

  /** A reader of the object at `name`; of an empty one when it is absent. */
  object(name: string): PropertyReader {
    const value = this.properties[name] ?? {};
    if (!isJsonObject(value)) return this.fail(name, 'must be an object');
    return new PropertyReader(this.resourceId, value, this.path(name));
  }

  /** Readers of the objects in the list at `name`; none when it is absent. */
  objects(name: string): PropertyReader[] {
    const value = this.properties[name] ?? [];
    if (!isJsonList(value)) return this.fail(name, 'must be a list');
    return value.map((item, index) => {
      if (!isJsonObject(item)) return this.fail(`${name}[${index}]`, 'must be an object');
      return new PropertyReader(this.resourceId, item, this.path(`${name}[${index}]`));
    });
  }

  /** The texts of the object at `name`, such as environment variables. */
  texts(name: string): Record<string, string> {
    const value = this.properties[name] ?? {};
    if (!isJsonObject(value)) return this.fail(name, 'must be an object');
    const reader = this.object(name);
    return Object.fromEntries(Object.keys(value).map((key) => [key, reader.text(key)]));
  }

  json(name: string): Json | undefined {
    return this.properties[name];
  }

  has(name: string): boolean {
    return this.properties[name] !== undefined;
  }

  /** @throws AssemblyError for a value that is well formed but wrong. */
  fail(name: string, reason: string): never {
    throw new AssemblyError('invalid_property', `${this.resourceId}: ${this.path(name)} ${reason}.`);
  }

  private path(name: string): string {
    return this.parent === '' ? name : `${this.parent}.${name}`;
  }
}
