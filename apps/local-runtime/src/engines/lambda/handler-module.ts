import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object) => unknown;

/** A failure to load a function, with the error type that Lambda's Node.js runtime reports for it. */
export class HandlerLoadError extends Error {
  constructor(
    readonly code:
      | 'Runtime.MalformedHandlerName'
      | 'Runtime.ImportModuleError'
      | 'Runtime.UserCodeSyntaxError'
      | 'Runtime.HandlerNotFound'
      | 'Runtime.CallbackHandlerDeprecated',
    message: string,
  ) {
    super(message);
    this.name = code;
  }
}

/**
 * Loads the module of `folder/module.export.nested` from the task root and finds the exported function.
 * Nodejs24.x has no callback handlers: a function of three parameters is refused, as on Lambda.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @throws HandlerLoadError; an error thrown by the module itself is passed on as it is.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const name = basename(handler);
  const dot = name.indexOf('.');
  if (dot <= 0 || dot === name.length - 1) {
    throw new HandlerLoadError('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  }
  const moduleName = name.slice(0, dot);
  const exportPath = name.slice(dot + 1).split('.');
  const base = resolve(taskRoot, dirname(handler), moduleName);
  const file = [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`].find((path) => existsSync(path));
  if (file === undefined) {
    throw new HandlerLoadError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  }
  const found = lookUp(await importModule(file), exportPath);
  if (typeof found !== 'function') {
    throw new HandlerLoadError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (found.length >= 3) {
    throw new HandlerLoadError(
      'Runtime.CallbackHandlerDeprecated',
      'Callback-based function handlers are not supported from Node.js 24 on: use an async handler.',
    );
  }
  return found as Handler;
}

async function importModule(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new HandlerLoadError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    }
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof Error && (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')) {
      throw new HandlerLoadError('Runtime.ImportModuleError', `Error: ${error.message}`);
    }
    throw error;
  }
}

function lookUp(module: unknown, exportPath: readonly string[]): unknown {
  const direct = follow(module, exportPath);
  if (direct !== undefined) return direct;
  return follow(follow(module, ['default']), exportPath);
}

function follow(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if ((typeof current !== 'object' || current === null) && typeof current !== 'function') return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}
