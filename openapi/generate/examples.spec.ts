import { resolve } from 'node:path';
import { createResponseCheck, readDocument } from '@weir/contract-check';
import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';

interface Media {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}

interface Content {
  readonly content?: Readonly<Record<string, Media>>;
}

describe.each(['ingest.v1.yaml', 'analytics.v1.yaml'])('the examples of %s', (file) => {
  const document = readDocument(resolve(__dirname, '..', file));
  const component = <Value>(ref: string): Value => {
    const [, , kind = '', name = ''] = ref.split('/');
    return document.components?.[kind]?.[name] as Value;
  };
  const resolved = <Value extends object>(value: Value | { $ref: string }): Value =>
    '$ref' in value ? component<Value>(value.$ref as string) : value;
  const operations = Object.entries(document.paths).flatMap(([resource, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ resource, method, operation: operation ?? {} })),
  );
  const valuesOf = ({ examples = {} }: Media): unknown[] =>
    Object.values(examples).map(({ $ref }) => component<{ value: unknown }>($ref).value);

  it('stand at every response and are what the contract allows there', () => {
    const check = createResponseCheck(document);
    const found: string[] = [];
    for (const { resource, method, operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        const { headers = {}, content = {} } = resolved(response) as Content & {
          headers?: Record<string, object>;
        };
        for (const [mediaType, media] of Object.entries(content)) {
          const place = `${method} ${resource} ${status} ${mediaType}`;
          const values = valuesOf(media);
          if (values.length === 0) found.push(`${place}: no example`);
          for (const value of values) {
            const given = Object.entries(headers).map(([name, header]): [string, string] => [
              name.toLowerCase(),
              String(resolved<{ example?: unknown }>(header).example),
            ]);
            const violations = check({
              method,
              resource,
              status: Number(status),
              headers: { ...Object.fromEntries(given), 'content-type': mediaType },
              body: mediaType === 'text/csv' ? String(value) : JSON.stringify(value),
            });
            const told = (value as { status?: number }).status ?? Number(status);
            if (told !== Number(status)) violations.push(`is of a ${told}`);
            found.push(...violations.map((violation) => `${place}: ${violation}`));
          }
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('stand at every request body and are what the contract takes', () => {
    const ajv = new Ajv({ strict: false });
    formatsModule.default(ajv);
    ajv.addSchema(document, 'contract');
    for (const { resource, method, operation } of operations) {
      const { requestBody } = operation as { requestBody?: Content };
      for (const { schema, examples } of Object.values(requestBody?.content ?? {})) {
        const { $ref } = schema as { $ref: string };
        const values = valuesOf({ schema, ...(examples === undefined ? {} : { examples }) });
        expect({ resource, method, examples: values.length }).not.toMatchObject({ examples: 0 });
        for (const value of values) {
          ajv.validate({ $ref: `contract${$ref}` }, value);
          expect({ resource, method, errors: ajv.errors }).toEqual({ resource, method, errors: null });
        }
      }
    }
  });
});
