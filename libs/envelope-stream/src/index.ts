export { readArchivedObject, type ArchivedObject } from './archived-envelopes.js';
export {
  createKinesisPublisher,
  type KinesisPublisherOptions,
  type PublishEnvelopes,
  type PublishOutcome,
} from './kinesis-publisher.js';
export { packEnvelopes, type PackedEnvelope, type RequestContext } from './pack-envelopes.js';
export { readEnvelope, unpackEnvelope } from './unpack-envelope.js';
