export { segmentViolations } from '@weir/contract-check';
