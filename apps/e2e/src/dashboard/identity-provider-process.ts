import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { ProviderPolicy, ProviderSettings } from './identity-provider.js';

/** The program of an OpenID provider for one test; it ends with whoever started it. */
const { port, pageUrl, machine, policy } = JSON.parse(process.argv[2] ?? '') as ProviderSettings;

let current: ProviderPolicy = policy;
const scope = 'telemetry:read telemetry:write devices:write';
const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'dashboard',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [pageUrl],
      post_logout_redirect_uris: [pageUrl],
      scope: 'telemetry:read',
    },
    {
      client_id: machine.id,
      client_secret: machine.secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  scopes: scope.split(' '),
  jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:weir',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope,
        audience: current.audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: current.accessTokenSeconds,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  clientBasedCORS: (_context, origin) => origin === new URL(pageUrl).origin,
  issueRefreshToken: (_context, client) =>
    Promise.resolve(current.refreshTokens && client.grantTypeAllowed('refresh_token')),
});

process.on('message', (changed: ProviderPolicy) => {
  current = changed;
  process.send?.('changed');
});
process.on('disconnect', () => process.exit());
provider.listen(port, '127.0.0.1', () => process.send?.('listening'));
