import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePortBase, root } from '@weir/local-stack';

/** What the provider gives from now on. */
export interface ProviderPolicy {
  readonly accessTokenSeconds: number;
  /** Whether a sign-in is given a refresh token. */
  readonly refreshTokens: boolean;
  /** The `aud` of access tokens. */
  readonly audience: string;
}

export interface ProviderSettings {
  readonly port: number;
  /** Where the page is, to the letter: the only address that an answer goes to. */
  readonly pageUrl: string;
  readonly machine: { readonly id: string; readonly secret: string };
  readonly policy: ProviderPolicy;
}

/**
 * node-oidc-provider (https://github.com/panva/node-oidc-provider), a certified OpenID provider that knows nothing of Weir, in a
 * process of its own, with its own pages for signing in and consenting.
 */
export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  /** A token by client credentials, as a machine gets it. */
  machineToken(): Promise<string>;
  change(policy: ProviderPolicy): Promise<void>;
  stop(): Promise<void>;
}

export async function startIdentityProvider(
  pageUrl: string,
  policy: ProviderPolicy,
): Promise<IdentityProvider> {
  const port = await freePortBase();
  const issuer = `http://127.0.0.1:${port}`;
  const settings: ProviderSettings = {
    port,
    pageUrl,
    machine: { id: 'fleet', secret: 'of-this-test-alone' },
    policy,
  };
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [
      ...['--import', 'tsx', join(root, 'apps/e2e/src/dashboard/identity-provider-process.ts')],
      JSON.stringify(settings),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const ended = once(child, 'exit');
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const told = await Promise.race([once(child, 'message'), ended.then(() => ['ended'])]);
  if (told[0] !== 'listening') {
    throw new Error(`The OpenID provider did not start:\n${Buffer.concat(chunks).toString()}`);
  }
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    machineToken: () => machineToken(issuer, settings.machine),
    async change(changed) {
      const done = once(child, 'message');
      child.send(changed);
      await done;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function machineToken(issuer: string, { id, secret }: ProviderSettings['machine']): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'telemetry:write telemetry:read devices:write',
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`No token: ${JSON.stringify(body)}`);
  return body.access_token;
}
