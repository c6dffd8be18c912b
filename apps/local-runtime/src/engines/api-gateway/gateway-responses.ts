import type { GatewayResponseDefinition } from './api-model.js';
import { headerOf, type NameValue } from './api-request.js';
import type { GatewayFailure } from './gateway-failure.js';
import type { ApiResponse } from './proxy-response.js';
import { renderParameter, renderTemplate, type TemplateValues } from './response-template.js';

/**
 * Turns a failure into the response that the API defines for its type, else for DEFAULT_4XX or DEFAULT_5XX, else AWS's own.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function gatewayResponse(
  failure: GatewayFailure,
  definitions: ReadonlyMap<string, GatewayResponseDefinition>,
  values: TemplateValues,
): ApiResponse {
  const fallback = failure.statusCode < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const definition = definitions.get(failure.responseType) ?? definitions.get(fallback);
  const complete: TemplateValues = {
    ...values,
    context: { ...values.context, error: errorContext(failure) },
  };
  const template = chooseTemplate(definition, headerOf(values.request.headers, 'accept'));
  const headers: NameValue[] = [
    { name: 'Content-Type', value: template?.contentType ?? 'application/json' },
    { name: 'x-amzn-ErrorType', value: failure.errorType },
  ];
  for (const [name, expression] of definition?.headers ?? []) {
    const value = renderParameter(expression, complete);
    if (value === undefined) continue;
    const existing = headers.findIndex((header) => header.name.toLowerCase() === name.toLowerCase());
    headers.splice(existing < 0 ? headers.length : existing, existing < 0 ? 0 : 1, { name, value });
  }
  return {
    statusCode: definition?.statusCode ?? failure.statusCode,
    headers,
    body: Buffer.from(
      template === undefined ? defaultBody(failure) : renderTemplate(template.text, complete),
    ),
  };
}

/** `$context.error` of a failure. */
export function errorContext(failure: GatewayFailure): Readonly<Record<string, unknown>> {
  return {
    message: failure.responseMessage,
    messageString: JSON.stringify(failure.responseMessage),
    responseType: failure.responseType,
    validationErrorString: failure.validationErrorString,
  };
}

/** The template whose content type the client names, else the one for JSON, else the first. */
function chooseTemplate(
  definition: GatewayResponseDefinition | undefined,
  accept: string | undefined,
): { readonly contentType: string; readonly text: string } | undefined {
  const templates = [...(definition?.templates ?? [])].map(([contentType, text]) => ({ contentType, text }));
  const accepted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  return (
    templates.find(({ contentType }) => accepted.includes(contentType.toLowerCase())) ??
    templates.find(({ contentType }) => contentType === 'application/json') ??
    templates[0]
  );
}

function defaultBody(failure: GatewayFailure): string {
  // AWS spells this one member with a capital.
  const member = failure.responseType === 'ACCESS_DENIED' ? 'Message' : 'message';
  return JSON.stringify({ [member]: failure.responseMessage });
}
