import { Ajv, type ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';
import {
  follow,
  pointerPart,
  type HeaderObject,
  type OpenApiDocument,
  type Place,
  type Reference,
  type ResponseObject,
} from './document.js';

/** A response as it went over the wire, with what it answers. */
export interface ObservedResponse {
  readonly method: string;
  /** The path as the contract writes it (`/v1/devices/{deviceId}`); undefined where the contract has no such path. */
  readonly resource: string | undefined;
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Neither compressed nor chunked. */
  readonly body: string;
}

/** What is wrong with a response, one sentence each; empty when the contract allows it. */
export type ResponseCheck = (response: ObservedResponse) => string[];

const DOCUMENT = 'contract';
const PROBLEM = 'application/problem+json';

/**
 * Compares responses with a contract: status, required headers, header values, media type and body.
 *
 * A request that no operation of the contract is for (an unknown path, another method) may only be answered with a problem
 * as in `#/components/schemas/Problem`, or where it is a CORS preflight, with an empty 204.
 *
 * @throws RangeError for a contract whose references lead nowhere
 */
export function createResponseCheck(document: OpenApiDocument): ResponseCheck {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  formatsModule.default(ajv);
  ajv.addSchema(document, DOCUMENT);
  const headerAjv = new Ajv({ strict: false, coerceTypes: true });
  const compiled = new Map<string, ValidateFunction>();
  const schemaAt = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const validate = ajv.compile({ $ref: `${DOCUMENT}#${encodeURI(pointer)}` });
    compiled.set(pointer, validate);
    return validate;
  };

  function checkBody({ pointer, value }: Place<ResponseObject>, response: ObservedResponse): string[] {
    const mediaType = mediaTypeOf(response);
    if (value.content === undefined) {
      return response.body === '' ? [] : ['body: must be empty'];
    }
    const declared = value.content[mediaType];
    if (declared === undefined) {
      const allowed = Object.keys(value.content).join(' or ');
      return [`Content-Type: must be ${allowed}, not ${mediaType === '' ? 'absent' : mediaType}`];
    }
    if (declared.schema === undefined) return [];
    return checkValue(
      schemaAt(`${pointer}/content/${pointerPart(mediaType)}/schema`),
      mediaType,
      response.body,
    );
  }

  function checkHeaders({ pointer, value }: Place<ResponseObject>, response: ObservedResponse): string[] {
    return Object.entries(value.headers ?? {}).flatMap(([name, header]) => {
      const place = { pointer: `${pointer}/headers/${pointerPart(name)}`, value: header };
      const { required, schema } = follow<HeaderObject>(
        document,
        place as Place<HeaderObject | Reference>,
      ).value;
      const text = response.headers[name.toLowerCase()];
      if (text === undefined) return required === true ? [`${name}: is required`] : [];
      if (schema === undefined || headerAjv.validate(schema, text)) return [];
      return [`${name}: ${headerAjv.errorsText(headerAjv.errors, { dataVar: 'value' })}`];
    });
  }

  function checkElsewhere(response: ObservedResponse): string[] {
    if (response.method === 'OPTIONS' && response.status === 204)
      return checkBody({ pointer: '', value: {} }, response);
    const problem = { [PROBLEM]: { schema: { $ref: '#/components/schemas/Problem' } } };
    if (response.status < 400) return [`status: ${response.status} is no answer to what the contract lacks`];
    if (mediaTypeOf(response) !== PROBLEM)
      return checkBody({ pointer: '', value: { content: problem } }, response);
    return checkValue(schemaAt('/components/schemas/Problem'), PROBLEM, response.body);
  }

  return (response) => {
    const { resource, status } = response;
    const method = response.method.toLowerCase();
    const operation = resource === undefined ? undefined : document.paths[resource]?.[method];
    if (resource === undefined || operation === undefined) return checkElsewhere(response);
    const declared = operation.responses?.[String(status)];
    if (declared === undefined) return [`status: the contract has no ${status} here`];
    const pointer = `/paths/${pointerPart(resource)}/${method}/responses/${status}`;
    const place = follow<ResponseObject>(document, { pointer, value: declared });
    return [...checkHeaders(place, response), ...checkBody(place, response)];
  };
}

function checkValue(validate: ValidateFunction, mediaType: string, body: string): string[] {
  let value: unknown = body;
  if (/[/+]json$/.test(mediaType)) {
    try {
      value = JSON.parse(body);
    } catch (error) {
      return [`body: ${(error as SyntaxError).message}`];
    }
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const name = (params as { additionalProperty?: string }).additionalProperty;
    return `body${instancePath}: ${message}${name === undefined ? '' : ` (${name})`}`;
  });
}

/** Without parameters, in lower case; empty where the header is absent. */
function mediaTypeOf({ headers }: ObservedResponse): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
