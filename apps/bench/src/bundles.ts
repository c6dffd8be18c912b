import type { Context } from 'aws-lambda';

export type LambdaHandler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

let containers = 0;

/** The built bundle of a function. */
export function bundleOf(project: string): URL {
  return new URL(`../../${project}/dist/handler.mjs`, import.meta.url);
}

/** Loads a function as it is deployed, as a new container. It reads its environment as it is loaded. */
export async function loadBundle<Event, Answer>(
  project: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaHandler<Event, Answer>> {
  Object.assign(process.env, environment);
  containers += 1;
  const { handler } = (await import(`${bundleOf(project).href}?container=${containers}`)) as {
    handler: LambdaHandler<Event, Answer>;
  };
  return handler;
}
