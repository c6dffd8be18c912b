/** A sign-in that was begun in this tab: what its answer is checked with, and where it goes on. */
export interface PendingSignIn {
  state: string;
  verifier: string;
  redirectUri: string;
  /** The view that was open, with its `#`; never another address. */
  hash: string;
}

export interface GrantedTokens {
  accessToken: string;
  refreshToken?: string;
  grantedAtMs: number;
  /** Absent where the issuer did not say. */
  expiresAtMs?: number;
}

/** That somebody signed out here, and what they should know about it. */
export interface SignedOut {
  note: string;
}

interface Entries {
  'weir-sign-in': PendingSignIn;
  'weir-tokens': GrantedTokens;
  'weir-signed-out': SignedOut;
}

const checks: { [Name in keyof Entries]: (value: Record<string, unknown>) => boolean } = {
  'weir-sign-in': ({ state, verifier, redirectUri, hash }) =>
    [state, verifier, redirectUri, hash].every((text) => typeof text === 'string'),
  'weir-tokens': ({ accessToken, refreshToken, grantedAtMs, expiresAtMs }) =>
    typeof accessToken === 'string' &&
    ['string', 'undefined'].includes(typeof refreshToken) &&
    typeof grantedAtMs === 'number' &&
    ['number', 'undefined'].includes(typeof expiresAtMs),
  'weir-signed-out': ({ note }) => typeof note === 'string',
};

/**
 * What one tab remembers beyond a load of the page, and nobody else sees: it ends with the tab
 * (https://html.spec.whatwg.org/multipage/webstorage.html#the-sessionstorage-attribute).
 */
export class TabMemory {
  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {}

  keep<Name extends keyof Entries>(name: Name, value: Entries[Name]): void {
    this.storage.setItem(name, JSON.stringify(value));
  }

  /** Undefined where there is none, or something that this page did not write. */
  read<Name extends keyof Entries>(name: Name): Entries[Name] | undefined {
    const value = parsed(this.storage.getItem(name));
    return value !== undefined && checks[name](value) ? (value as unknown as Entries[Name]) : undefined;
  }

  forget(...names: (keyof Entries)[]): void {
    for (const name of names) this.storage.removeItem(name);
  }
}

function parsed(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
