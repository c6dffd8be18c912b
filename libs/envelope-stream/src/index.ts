export { readArchivedObject, type ArchivedObject } from './archived-envelopes.js';
export {
  createKinesisPublisher,
  type KinesisPublisherOptions,
  type PublishEnvelopes,
  type PublishOutcome,
} from './kinesis-publisher.js';
export { packEnvelopes, type PackedEnvelope, type RequestContext } from './pack-envelopes.js';
export { unpackEnvelope } from './unpack-envelope.js';
