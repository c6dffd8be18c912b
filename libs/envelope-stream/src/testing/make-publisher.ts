import type { KinesisClient, PutRecordsCommand, PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { createKinesisPublisher, type PublishEnvelopes } from '../kinesis-publisher.js';

/** Answers one PutRecords call, or fails it. */
export type AnswerPut = (
  records: NonNullable<PutRecordsCommand['input']['Records']>,
) => Partial<PutRecordsCommandOutput> | Error;

/** A publisher to a stream that answers as told, on a clock that begins at `startMs` and that only sleeping moves. */
export function makePublisher(answerPut: AnswerPut, startMs = 0): PublishEnvelopes {
  let nowMs = startMs;
  const client = {
    async send({ input }: PutRecordsCommand) {
      const answer = answerPut(input.Records ?? []);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as KinesisClient;
  return createKinesisPublisher({
    client,
    streamName: 'telemetry',
    clock: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      nowMs += ms;
    },
    onRefused: () => undefined,
  });
}
