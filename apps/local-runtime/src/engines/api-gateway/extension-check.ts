import { ApiImportError, isObject, type JsonObject } from './json-value.js';

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
export const anyMethodKey = 'x-amazon-apigateway-any-method';

const rootExtensions = new Set([
  'x-amazon-apigateway-request-validators',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-gateway-responses',
  'x-amazon-apigateway-binary-media-types',
  'x-amazon-apigateway-minimum-compression-size',
  // Say where an API is reachable and how it is documented, which has no meaning on one machine.
  'x-amazon-apigateway-endpoint-configuration',
  'x-amazon-apigateway-documentation',
]);
const operationExtensions = new Set([
  'x-amazon-apigateway-integration',
  'x-amazon-apigateway-request-validator',
]);
const securitySchemeExtensions = new Set(['x-amazon-apigateway-authtype', 'x-amazon-apigateway-authorizer']);

/**
 * Refuses every `x-amazon-*` extension that this gateway does not act upon, wherever it stands: ignoring one silently would
 * make the API behave differently here than on AWS.
 * @throws ApiImportError naming the path and the extension.
 */
export function checkExtensions(body: JsonObject): void {
  visit(body, []);
}

function visit(value: unknown, path: readonly string[]): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, [...path, String(index)]));
    return;
  }
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'example' || key === 'examples') continue;
    const childPath = [...path, key];
    if (!key.toLowerCase().startsWith('x-amazon-')) {
      visit(child, childPath);
      continue;
    }
    if (!isSupported(key, path)) {
      throw new ApiImportError(path, `the extension ${key} is not supported here`);
    }
    if (key === anyMethodKey) visit(child, childPath);
  }
}

function isSupported(key: string, path: readonly string[]): boolean {
  if (path.length === 0) return rootExtensions.has(key);
  if (path[0] === 'paths' && path.length === 2) return key === anyMethodKey;
  if (path[0] === 'paths' && path.length === 3 && (methods.has(path[2] ?? '') || path[2] === anyMethodKey)) {
    return operationExtensions.has(key);
  }
  return path[0] === 'components' && path[1] === 'securitySchemes' && path.length === 3
    ? securitySchemeExtensions.has(key)
    : false;
}

/** Refuses a property of an extension object that is not in the list. */
export function checkProperties(object: JsonObject, path: readonly string[], known: readonly string[]): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) throw new ApiImportError([...path, key], 'this property is not supported here');
  }
}

/** The operations of a path item: method (upper case or `ANY`) and the key that it stands under. */
export function operationKeys(pathItem: JsonObject): { readonly method: string; readonly key: string }[] {
  return Object.keys(pathItem).flatMap((key) => {
    if (key === anyMethodKey) return [{ method: 'ANY', key }];
    return methods.has(key.toLowerCase()) ? [{ method: key.toUpperCase(), key }] : [];
  });
}
