import type { Rule } from './rule.js';
import { OPERATION_RULES } from './rules-of-operations.js';
import { SCHEMA_RULES } from './rules-of-schemas.js';

/** What people read and programs do not. */
const TEXT_RULES: readonly Rule[] = [
  {
    name: 'text-changed',
    at: '/**/description|summary|title|example|examples|externalDocs',
    bump: 'patch',
    because: 'Only people read it.',
  },
  {
    name: 'info-changed',
    at: '/info/version|termsOfService|contact|license',
    bump: 'patch',
    because: 'Only people read it.',
  },
  {
    name: 'tags-changed',
    at: '/tags/*',
    bump: 'patch',
    because: 'Tags only order the reference.',
  },
  {
    name: 'operation-tags-changed',
    at: '/paths/*/*/tags',
    bump: 'patch',
    because: 'Tags only order the reference.',
  },
];

const DOCUMENT_RULES: readonly Rule[] = [
  {
    name: 'server-added',
    at: '/servers/*',
    on: 'added',
    bump: 'minor',
    because: 'One more address; the others stay.',
  },
  {
    name: 'server-removed',
    at: '/servers/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that were told this address lose it.',
  },
  {
    name: 'security-scheme-added',
    at: '/components/securitySchemes/*',
    on: 'added',
    bump: 'minor',
    because: 'It only matters to the operations that ask for it, which count by themselves.',
  },
  {
    name: 'security-scheme-removed',
    at: '/components/securitySchemes/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that identify themselves by it are refused.',
  },
  {
    name: 'security-scheme-changed',
    at: '/components/securitySchemes/**',
    bump: 'major',
    because: 'Clients identify themselves in the other way.',
  },
  {
    name: 'component-renamed',
    at: '/components/**',
    bump: 'patch',
    because:
      'The clients export names of their own; what a component says counts where an operation uses it.',
  },
];

/** The whole table; the first rule that matches a change judges it. */
export const RULES: readonly Rule[] = [...TEXT_RULES, ...OPERATION_RULES, ...SCHEMA_RULES, ...DOCUMENT_RULES];

/** Judges what no rule knows, so that nothing new slips through. */
export const UNKNOWN: Rule = {
  name: 'unknown',
  at: '/**',
  bump: 'major',
  because: 'No rule knows this kind of change, so it counts as breaking; add a rule if it is not.',
};
