export { underContract } from './under-contract.js';
