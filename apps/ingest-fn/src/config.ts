import { Environment } from '@weir/environment';
import { DEVICE_GROUPS } from '@weir/telemetry-schema';

/** What the function is told by its environment. */
export interface Config {
  /** `STAGE`: the deployment's stage. */
  readonly stage: string;
  /** `STREAM_NAME`: the Kinesis stream that envelopes are put on. */
  readonly streamName: string;
  /** `DEVICE_GROUPS`: into how many groups devices are divided, 1 to 5,000; default 16. */
  readonly deviceGroups: number;
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const environment = new Environment(variables);
  return {
    stage: environment.text('STAGE'),
    streamName: environment.text('STREAM_NAME'),
    deviceGroups: environment.wholeNumber('DEVICE_GROUPS', DEVICE_GROUPS),
  };
}
