import { Ajv, _, type Format, type Options } from 'ajv';
import formatsModule from 'ajv-formats/dist/formats.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { operationsOf, type Contract } from './contract.js';

/** Which schemas of a contract become validators, besides the parameters of every operation. */
export interface ValidatorSelection {
  /** Judged element by element on the hot path: stops at the first error. */
  readonly firstErrorOnly?: readonly string[];
  /** Bodies: all errors are listed. */
  readonly allErrors?: readonly string[];
  readonly parameters: boolean;
}

/**
 * Compiles schemas of a contract to dependency-free validation functions (ajv standalone), as the text of a TypeScript
 * module. Parameters arrive as text, so their validators coerce (`limit=10` becomes 10) and fill in defaults.
 */
export async function validatorModule(contract: Contract, selection: ValidatorSelection): Promise<string> {
  const code = [
    standalone(contract, { allErrors: false }, bodySchemas(selection.firstErrorOnly ?? [])),
    standalone(contract, { allErrors: true }, bodySchemas(selection.allErrors ?? [])),
    standalone(
      contract,
      { allErrors: true, coerceTypes: true, useDefaults: true },
      selection.parameters ? parameterSchemas(contract) : {},
    ),
  ];
  const names = code.flatMap(({ names }) => names);
  const bundled = await bundle(code.filter(({ names }) => names.length > 0).map(({ text }) => text));
  return [
    '// Generated from the contract by `npm run generate`; do not edit.',
    '// @ts-nocheck',
    bundled.replace(/export \{[^}]*\};?\s*$/, ''),
    'export interface ValidationError { readonly instancePath: string; readonly keyword: string; readonly params: Record<string, unknown>; readonly message?: string }',
    'export interface Validator { (data: unknown): boolean; errors?: readonly ValidationError[] | null }',
    ...names.map((name) => `export const ${name}: Validator = all.${name};`),
    '',
  ].join('\n');
}

type Schemas = Record<string, Record<string, unknown>>;

function bodySchemas(names: readonly string[]): Schemas {
  return Object.fromEntries(
    names.map((name) => [`validate${name}`, { $ref: `contract#/components/schemas/${name}` }]),
  );
}

/** One flat object an operation: path, query and the headers that it declares, unknown names refused. */
function parameterSchemas(contract: Contract): Schemas {
  return Object.fromEntries(
    operationsOf(contract).map(({ operationId, parameters }) => [
      `validate${operationId[0]?.toUpperCase()}${operationId.slice(1)}Parameters`,
      {
        type: 'object',
        additionalProperties: false,
        required: parameters.filter(({ required }) => required).map(({ name }) => name),
        properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, absolute(schema)])),
      },
    ]),
  );
}

function absolute(schema: Record<string, unknown>): Record<string, unknown> {
  return typeof schema['$ref'] === 'string' ? { ...schema, $ref: `contract${schema['$ref']}` } : schema;
}

function standalone(contract: Contract, options: Options, schemas: Schemas) {
  const formats = _`require("validators:formats")`;
  const ajv = new Ajv({ ...options, strict: true, strictTypes: false, code: { source: true, formats } });
  ajv.addVocabulary(['components', 'example']);
  ajv.addFormat('date-time', formatsModule.fullFormats['date-time'] as Format);
  ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  ajv.addSchema(
    { $id: 'contract', components: { schemas: contract.components.schemas } },
    'contract',
    true,
    false,
  );
  const names = Object.keys(schemas);
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema({ $id: name, ...schema });
  const text = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  return { names, text };
}

/** What the compiled code finds at run time under the formats' names. */
const FORMATS = `
const { fullFormats } = require('ajv-formats/dist/formats');
module.exports = {
  'date-time': fullFormats['date-time'],
  double: { type: 'number', validate: Number.isFinite },
  int64: { type: 'number', validate: Number.isSafeInteger },
};`;

/** Inlines ajv's run-time pieces, so that the result needs no package. */
async function bundle(modules: readonly string[]): Promise<string> {
  const entry = modules
    .map((_, index) => `import * as m${index} from 'validators:${index}';`)
    .concat(`const all = {${modules.map((_, index) => `...m${index}`).join(',')}};`)
    .concat('export { all };');
  const result = await build({
    stdin: { contents: entry.join('\n'), resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'es2022',
    plugins: [
      {
        name: 'validators',
        setup(pluginBuild) {
          pluginBuild.onResolve({ filter: /^validators:/ }, ({ path }) => ({
            path,
            namespace: 'validators',
          }));
          pluginBuild.onLoad({ filter: /.*/, namespace: 'validators' }, ({ path }) => ({
            contents:
              path === 'validators:formats' ? FORMATS : modules[Number(path.slice('validators:'.length))],
            resolveDir: import.meta.dirname,
          }));
        },
      },
    ],
  });
  return result.outputFiles[0]?.text ?? '';
}
