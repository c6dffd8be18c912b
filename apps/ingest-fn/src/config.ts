import { Environment } from '@weir/environment';

/** What the function is told by its environment. */
export interface Config {
  /** `STAGE`: the deployment's stage. */
  readonly stage: string;
  /** `STREAM_NAME`: the Kinesis stream that envelopes are put on. */
  readonly streamName: string;
}

/** @throws EnvironmentError naming the variable that is missing. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const environment = new Environment(variables);
  return { stage: environment.text('STAGE'), streamName: environment.text('STREAM_NAME') };
}
