export interface Config {
  readonly stage: string;
  readonly streamName: string;
}

/** @throws Error naming the variable that is missing. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
  return { stage: required('STAGE'), streamName: required('STREAM_NAME') };
}
