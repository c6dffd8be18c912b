import type { AnswerOf, OperationHandlers } from '@weir/rest-api';
import type { components, operations } from './generated/analytics.v1.js';

/** The contract's schemas by name, as they go over the wire. */
export type Schemas = components['schemas'];

type OperationId = keyof operations;

/** A handler for every operation of the contract. */
export type AnalyticsHandlers = OperationHandlers<operations>;

/** What the contract allows an operation to answer. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id]>;
type Group<Parameters> = [NonNullable<Parameters>] extends [never] ? unknown : NonNullable<Parameters>;
type AllParameters<Id extends OperationId> = Group<operations[Id]['parameters']['path']> &
  Group<operations[Id]['parameters']['query']> &
  Group<operations[Id]['parameters']['header']>;

/**
 * The path, query and header parameters of an operation in one object. `Defaulted` names those that the contract gives a
 * default, which validation has filled in.
 */
export type ParametersOf<Id extends OperationId, Defaulted extends string = never> = AllParameters<Id> & {
  readonly [Name in Defaulted & keyof AllParameters<Id>]-?: NonNullable<AllParameters<Id>[Name]>;
};
