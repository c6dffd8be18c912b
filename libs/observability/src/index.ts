export { CallJournal, type CallList, type RecordedCall } from './call-journal.js';
export { joinedSegment, type JoinedWork, type JoiningFunction } from './joined-segment.js';
export { METRIC, type MetricName } from '@weir/metric-names';
export { createObservability, instrument, type Observability } from './observability.js';
export { putSegments } from './put-segments.js';
export { SEGMENT_BYTES_MAX, type SegmentDocument } from './segment-document.js';
export { createSegmentSender, type SegmentSender } from './segment-sender.js';
export { parseTraceHeader, type TraceContext } from './trace-header.js';
export { Tracing } from './tracing.js';
