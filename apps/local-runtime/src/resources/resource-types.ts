import type { ResourceType } from '../assembly/resource-type.js';
import { apiStage } from './api-stage.js';
import { deliveryStream } from './delivery-stream.js';
import { dynamodbTable } from './dynamodb-table.js';
import { eventSourceMapping } from './event-source-mapping.js';
import { iamManagedPolicy, iamPolicy, iamRole } from './iam-role.js';
import { inertResourceTypes } from './inert-types.js';
import { kinesisStream } from './kinesis-stream.js';
import { lambdaFunction } from './lambda-function.js';
import { restApi } from './rest-api.js';
import { s3Bucket } from './s3-bucket.js';

/** Every CloudFormation resource type that the runtime knows, by its name. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    apiStage,
    deliveryStream,
    dynamodbTable,
    eventSourceMapping,
    iamManagedPolicy,
    iamPolicy,
    iamRole,
    kinesisStream,
    lambdaFunction,
    restApi,
    s3Bucket,
    ...inertResourceTypes,
  ].map((resourceType) => [resourceType.type, resourceType]),
);
