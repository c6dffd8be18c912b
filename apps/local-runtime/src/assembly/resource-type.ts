import type { TypeSupport } from './support.js';
import type { JsonObject } from './template.js';

/** Where the resources live. The local account is twelve zeros, so that a local ARN is never mistaken for a real one. */
export interface CloudEnvironment {
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** What `Ref` and `Fn::GetAtt` return for a resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource whose properties are resolved, before it is running. */
export interface ResourceDescription {
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: JsonObject;
  readonly environment: CloudEnvironment;
}

/** One CloudFormation resource type as the runtime understands it. */
export interface ResourceType {
  /** For example `AWS::Kinesis::Stream`. */
  readonly type: string;
  readonly support: TypeSupport;
  /** Physical name and attributes, computed from the properties alone, so that state found on disk belongs to it again. */
  identify(resource: ResourceDescription): ResourceIdentity;
}

/** The name given in the property, or one made of stack and logical id, the same at every start. */
export function physicalName(resource: ResourceDescription, property: string): string {
  const given = resource.properties[property];
  return typeof given === 'string' && given !== '' ? given : `${resource.stackName}-${resource.logicalId}`;
}

/** An ARN in the resource's region and account: `arn:aws:kinesis:us-east-1:000000000000:stream/name`. */
export function regionalArn(environment: CloudEnvironment, service: string, resource: string): string {
  return `arn:${environment.partition}:${service}:${environment.region}:${environment.accountId}:${resource}`;
}
