export { json, toJson, type AnswerOf, type JsonText } from './answer.js';
export {
  createRestHandler,
  requireDevice,
  type ApiRequest,
  type ApiResponse,
  type Operation,
  type OperationHandlers,
} from './rest-handler.js';
