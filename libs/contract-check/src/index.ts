export { readDocument, type OpenApiDocument } from './document.js';
export { createResponseCheck, type ObservedResponse, type ResponseCheck } from './response-check.js';
export { segmentViolations } from './segment-check.js';
