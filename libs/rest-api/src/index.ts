export {
  createRestHandler,
  json,
  requireDevice,
  type ApiRequest,
  type ApiResponse,
  type Operation,
  type OperationHandlers,
} from './rest-handler.js';
