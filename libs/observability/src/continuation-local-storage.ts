import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Stands in for `cls-hooked`, in which the X-Ray SDK keeps the current segment, in every bundle (esbuild.config.cjs). That
 * package follows each promise with asynchronous hooks, which cost process-fn a fifth of its CPU time; Node's
 * AsyncLocalStorage does the same for almost nothing. It implements what the X-Ray SDK uses.
 */
type Context = Record<PropertyKey, unknown>;

export class Namespace {
  private readonly storage = new AsyncLocalStorage<Context>();
  /** What is current outside any `run`. A function works on one invocation at a time, so one is enough. */
  private root: Context | null = null;

  get active(): Context | null {
    return this.storage.getStore() ?? this.root;
  }

  get(key: PropertyKey): unknown {
    return this.active?.[key];
  }

  /** @throws Error outside any context, as `cls-hooked` does */
  set(key: PropertyKey, value: unknown): unknown {
    const { active } = this;
    if (active === null) throw new Error('No context available. ns.run() or ns.bind() must be called first.');
    active[key] = value;
    return value;
  }

  /** A context that sees its parent's values and keeps its own to itself. */
  createContext(): Context {
    return Object.create(this.active) as Context;
  }

  enter(context: Context): void {
    this.root = context;
  }

  exit(): void {
    this.root = null;
  }

  run(callback: (context: Context) => unknown): Context {
    const context = this.createContext();
    this.storage.run(context, callback, context);
    return context;
  }

  runAndReturn<Result>(callback: (context: Context) => Result): Result {
    const context = this.createContext();
    return this.storage.run(context, callback, context);
  }

  bind<Args extends unknown[], Result>(callback: (...args: Args) => Result): (...args: Args) => Result {
    const context = this.createContext();
    return (...args) => this.storage.run(context, callback, ...args);
  }
}

const namespaces = new Map<string, Namespace>();

export function createNamespace(name: string): Namespace {
  const namespace = new Namespace();
  namespaces.set(name, namespace);
  return namespace;
}

export function getNamespace(name: string): Namespace | undefined {
  return namespaces.get(name);
}

export function destroyNamespace(name: string): void {
  namespaces.delete(name);
}
