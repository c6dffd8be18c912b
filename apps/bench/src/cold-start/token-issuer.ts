import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

/** Whose tokens the authorizer takes, and for whom they are made. */
export const TOKEN = { issuer: 'https://issuer.example', audience: 'weir' };

/** An issuer whose public key is served on the loopback interface. */
export interface TokenIssuer {
  readonly jwksUri: string;
  /** A token with which readings may be sent, good for an hour. */
  readonly token: string;
  close(): void;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const header = { alg: 'RS256', kid: 'bench' };
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), ...header, use: 'sig' }] });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(keys);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    token: await new SignJWT({ sub: 'gateway', scope: 'telemetry:write' })
      .setProtectedHeader(header)
      .setIssuer(TOKEN.issuer)
      .setAudience(TOKEN.audience)
      .setExpirationTime('1h')
      .sign(privateKey),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
