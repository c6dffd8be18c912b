import type { Window } from '@weir/aggregation';
import type { ApiRequest } from '@weir/rest-api';
import { ProblemError, type FieldError } from '@weir/telemetry-schema';
import type { ValidationError, Validator } from './generated/analytics.v1.validators.js';
import { parseQueryTime, rangeErrors } from './query-time.js';

/** The one header that the contract declares as a parameter; `readParameters` hands it on under this name. */
const IF_NONE_MATCH = 'If-None-Match';

/**
 * Reads the path, query and declared header parameters of a request into one object, numbers as numbers and defaults
 * filled in. The caller names the type that `validate` stands for.
 *
 * @param validate the operation's generated parameter validator
 * @throws ProblemError `invalid_parameter` naming every parameter that is given twice, unknown, missing or wrong
 */
export function readParameters<Parameters>(request: ApiRequest, validate: Validator): Parameters {
  const ifNoneMatch = request.headers[IF_NONE_MATCH.toLowerCase()];
  const others = { ...request.path, ...(ifNoneMatch === undefined ? {} : { [IF_NONE_MATCH]: ifNoneMatch }) };
  const errors: FieldError[] = [];
  const texts: [string, string][] = [];
  for (const [name, values] of Object.entries(request.query)) {
    if (Object.hasOwn(request.path, name) || name === IF_NONE_MATCH) errors.push(unknownParameter(name));
    else texts.push([name, values[0] ?? '']);
    if (values.length > 1) errors.push({ field: name, reason: 'must be given once' });
  }
  const parameters: Record<string, unknown> = { ...others, ...Object.fromEntries(texts) };
  if (!validate(parameters)) errors.push(...(validate.errors ?? []).filter(isOfRequest).map(parameterError));
  for (const [name, text] of texts) {
    if (typeof parameters[name] === 'number' && !/^\d+$/.test(text)) {
      errors.push({ field: name, reason: 'must be a whole number' });
    }
  }
  errors.push(...rangeErrors(parameters['from'], parameters['to']));
  if (errors.length > 0) throw invalidParameters(errors);
  return parameters as Parameters;
}

/** A header that an operation does not declare is none of its business, unlike an unknown query parameter. */
function isOfRequest({ keyword, params }: ValidationError): boolean {
  return keyword !== 'additionalProperties' || params['additionalProperty'] !== IF_NONE_MATCH;
}

/** The range of a request whose parameters have been read. */
export function rangeOf({ from, to }: { readonly from: string; readonly to: string }): Window {
  return { startMs: knownTime(from), endMs: knownTime(to) };
}

/** One error for each field: the first, as the others mostly follow from it. */
export function invalidParameters(errors: readonly FieldError[]): ProblemError {
  const firsts = new Map<string, FieldError>();
  for (const error of errors) if (!firsts.has(error.field)) firsts.set(error.field, error);
  return new ProblemError('invalid_parameter', { errors: [...firsts.values()] });
}

function unknownParameter(field: string): FieldError {
  return { field: field.slice(0, 128), reason: 'is not a parameter of this operation' };
}

function parameterError({ instancePath, keyword, params }: ValidationError): FieldError {
  if (keyword === 'required') return { field: String(params['missingProperty']), reason: 'is required' };
  if (keyword === 'additionalProperties') return unknownParameter(String(params['additionalProperty']));
  const field = instancePath.slice(1);
  return { field, reason: field === 'cursor' ? 'is not a cursor' : reasonOf(keyword, params) };
}

function reasonOf(keyword: string, params: Readonly<Record<string, unknown>>): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${(params['allowedValues'] as readonly string[]).join(', ')}`;
    case 'type':
      return params['type'] === 'integer' ? 'must be a whole number' : `must be a ${String(params['type'])}`;
    case 'minimum':
      return `must be at least ${String(params['limit'])}`;
    case 'maximum':
      return `must be at most ${String(params['limit'])}`;
    case 'minLength':
      return 'must not be empty';
    case 'maxLength':
      return `must have at most ${String(params['limit'])} characters`;
    default:
      return 'must be 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"';
  }
}

function knownTime(text: string): number {
  const time = parseQueryTime(text);
  if (typeof time !== 'number') throw new RangeError(`${text} ${time.reason}`);
  return time;
}
