export {
  BLOCK_MINUTES_ALLOWED,
  RESOLUTION_MS,
  monthAt,
  windowAt,
  windowContains,
  type Resolution,
  type Window,
} from './window.js';
export {
  emptyBlock,
  mergeBlocks,
  mergeReadings,
  type Block,
  type BlockReading,
  type MergeOutcome,
} from './block.js';
export { emptyMetrics } from './metrics.js';
export { BLOCK_FORMAT_VERSION, decodeBlock, encodeBlock } from './block-encoding.js';
export { BlockDecodeError, SummaryDecodeError, type DecodeErrorCode } from './decode-error.js';
export {
  SKETCH_BINS_MAX,
  mergeSketches,
  quantile,
  relativeErrorMax,
  sketchOf,
  type Sketch,
} from './sketch.js';
export {
  mergeSummaries,
  statisticsOf,
  summarise,
  type Statistics,
  type Summary,
  type TimedValue,
} from './summary.js';
export { foldSummaries, summariseBlock, summariseWindows, type Summaries } from './summaries.js';
export { SUMMARY_FORMAT_VERSION, decodeSummaries, encodeSummaries } from './summary-encoding.js';
