/** Engines whose calls can be made to fail. */
export const faultedServices = ['kinesis', 'dynamodb'] as const;

export type FaultedService = (typeof faultedServices)[number];

/** What is known of a call from a function to an engine before it is forwarded. */
export interface FaultedCall {
  readonly service: FaultedService;
  /** From the header `X-Amz-Target`; empty when there is none. */
  readonly operation: string;
  readonly functionName: string;
}

/**
 * The operation in the header of a JSON protocol of AWS: `DynamoDB_20120810.PutItem` is `PutItem`.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function operationOf(target: string | undefined): string {
  return target?.split('.').at(-1) ?? '';
}
