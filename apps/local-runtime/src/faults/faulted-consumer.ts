import { ExpiredIteratorException, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { PausableConsumer } from './fault-targets.js';

/** The side of a consumer that faults take hold of: its Kinesis client, and what it does with records. */
export class FaultedConsumer implements PausableConsumer {
  private iteratorExpired = false;
  private paused: { readonly over: Promise<void>; end(): void } | undefined;

  constructor(readonly name: string) {}

  /** The next GetRecords is told that its iterator has expired, as happens five minutes after it was given. */
  expireIterator(): void {
    this.iteratorExpired = true;
  }

  pause(durationMs: number): void {
    this.resume();
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.paused = { over, end };
  }

  resume(): void {
    this.paused?.end();
    this.paused = undefined;
  }

  /** Resolves when the consumer is not paused. */
  async untilResumed(): Promise<void> {
    await this.paused?.over;
  }

  /** Makes a client the consumer's: its GetRecords fail when they are to. */
  equip(client: KinesisClient): KinesisClient {
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === 'GetRecordsCommand' && this.iteratorExpired) {
          this.iteratorExpired = false;
          throw new ExpiredIteratorException({
            message: 'Iterator expired. It was expired by fault injection.',
            $metadata: { httpStatusCode: 400 },
          });
        }
        return next(args);
      },
      { step: 'initialize', name: 'expiredIteratorFault' },
    );
    return client;
  }
}
