/** A bearer token, or a function that gets one: called at the first request and again when a token is refused. */
export type TokenSource = string | (() => Promise<string>);

/** Gives requests their token and remembers it. */
export interface TokenProvider {
  /** The token to use now. Rejects with whatever the token function rejected with; the next call asks it again. */
  current(): Promise<string>;
  /**
   * Says that `refused` was not accepted. True when another token may be had, so that one more attempt makes sense. Of
   * several requests refused with the same token only the first makes the function run again.
   */
  refuse(refused: string): boolean;
}

/** Makes a provider of either form. A string stays what it is. */
export function createTokenProvider(source: TokenSource): TokenProvider {
  if (typeof source === 'string') return { current: () => Promise.resolve(source), refuse: () => false };
  let held: string | undefined;
  let pending: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    try {
      held = await source();
      return held;
    } finally {
      pending = undefined;
    }
  };
  return {
    current: () => (held === undefined ? (pending ??= ask()) : Promise.resolve(held)),
    refuse: (refused) => {
      if (held === refused) held = undefined;
      return true;
    },
  };
}
