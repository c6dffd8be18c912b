/**
 * What is needed of X-Ray's client. An import on demand takes a module with all that it exports, so what is named here is
 * what a bundle has of it.
 */
export { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
