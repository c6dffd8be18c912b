declare const shape: unique symbol;

/**
 * JSON text that remembers what it was made of. It is exact: text of a value with a field that the wanted type does not
 * declare, at any depth, is not assignable, however the value came about.
 */
export type JsonText<Value> = string & { readonly [shape]: readonly [Value, Field<Value>] };

/** The paths of all fields of a value, lists passed over: `windows.start`. */
type Field<Value> = Value extends readonly (infer Element)[]
  ? Field<Element>
  : Value extends object
    ? { [Name in keyof Value & string]-?: Name | `${Name}.${Field<Value[Name]>}` }[keyof Value & string]
    : never;

export function toJson<Value>(value: Value): JsonText<Value> {
  return JSON.stringify(value) as JsonText<Value>;
}

/** A 200 or the like with a JSON body. */
export function json<
  const Status extends number,
  Value,
  Headers extends Readonly<Record<string, string>> = Record<never, string>,
>(status: Status, value: Value, headers?: Headers) {
  return {
    status,
    mediaType: 'application/json' as const,
    headers: { ...headers } as Headers,
    body: toJson(value),
  };
}

/** Every answer that a contract allows for an operation, as openapi-typescript describes the operation. */
export type AnswerOf<Operation> = Operation extends { readonly responses: infer Responses }
  ? { [Status in keyof Responses & number]: AnswerWith<Status, Responses[Status]> }[keyof Responses & number]
  : never;

type AnswerWith<Status, Response> = Response extends { readonly content: infer Content }
  ? {
      [MediaType in keyof Content & string]: {
        readonly status: Status;
        readonly mediaType: MediaType;
        readonly body: MediaType extends `${string}json` ? JsonText<Content[MediaType]> : Content[MediaType];
      } & HeadersOf<Response>;
    }[keyof Content & string]
  : {
      readonly status: Status;
      readonly mediaType?: undefined;
      readonly body?: undefined;
    } & HeadersOf<Response>;

type HeadersOf<Response> = Response extends { readonly headers: infer Headers }
  ? object extends RequiredHeaders<Headers>
    ? { readonly headers?: AnyHeaders }
    : { readonly headers: RequiredHeaders<Headers> & AnyHeaders }
  : { readonly headers?: AnyHeaders };

type AnyHeaders = Readonly<Record<string, string>>;
type RequiredHeaders<Headers> = {
  readonly [
    Name in keyof Headers as string extends Name ? never : undefined extends Headers[Name] ? never : Name
  ]: string;
};
