import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { AssemblyError } from '../assembly/errors.js';
import type { ResourceType } from '../assembly/resource-type.js';
import { inert, supported } from '../assembly/support.js';
import { isJsonObject, type JsonObject } from '../assembly/template.js';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html */
export const restApi: ResourceType = {
  type: 'AWS::ApiGateway::RestApi',
  support: {
    verdict: 'supported',
    properties: {
      Body: supported,
      Name: supported,
      BinaryMediaTypes: supported,
      MinimumCompressionSize: supported,
      Description: inert('It is for people.'),
      EndpointConfiguration: inert('The API is served on the loopback interface.'),
      DisableExecuteApiEndpoint: inert('There is one local address.'),
      FailOnWarnings: inert('What the gateway does not know is always an error here.'),
      Parameters: inert('They choose the endpoint type.'),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const id = apiId(`${resource.stackName}/${resource.logicalId}`);
    return { ref: id, attributes: { RestApiId: id, RootResourceId: `${id}root` } };
  },
};

/** Ten characters like those API Gateway gives, the same at every start. */
function apiId(resourceId: string): string {
  return createHash('sha256').update(resourceId).digest('hex').slice(0, 10);
}

/** A REST API as the template describes it. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly name: string;
  readonly body: JsonObject;
  readonly binaryMediaTypes?: string[];
  readonly minimumCompressionSizeBytes?: number;
  /** The OpenAPI document that says what may be answered. */
  readonly contractFile?: string;
}

/**
 * The key of a REST API's metadata that names its contract, a file of the assembly. A gateway knows of a contract only what
 * it routes by; the rest of it is for tools, as CDK's `aws:asset:path` is.
 */
const CONTRACT_METADATA = 'weir:contract';

/** @throws AssemblyError when there is no OpenAPI body, or the metadata name the contract by something other than a path. */
export function apiDefinition(resource: PlannedResource): ApiDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const body = properties.json('Body');
  if (!isJsonObject(body))
    return properties.fail('Body', 'is missing: the API must be given as an OpenAPI document');
  const minimumCompressionSizeBytes = properties.optionalNumber('MinimumCompressionSize');
  const contractFile = contractFileOf(resource);
  return {
    apiId: resource.identity.ref,
    name: properties.optionalText('Name') ?? resource.logicalId,
    body,
    ...(properties.has('BinaryMediaTypes')
      ? { binaryMediaTypes: properties.textList('BinaryMediaTypes') }
      : {}),
    ...(minimumCompressionSizeBytes === undefined ? {} : { minimumCompressionSizeBytes }),
    ...(contractFile === undefined ? {} : { contractFile }),
  };
}

function contractFileOf({ id, metadata, directory }: PlannedResource): string | undefined {
  const path = metadata[CONTRACT_METADATA];
  if (path === undefined) return undefined;
  if (typeof path === 'string') return resolve(directory, path);
  throw new AssemblyError('unsupported_template', `${id}: Metadata.${CONTRACT_METADATA} must be a path.`);
}
