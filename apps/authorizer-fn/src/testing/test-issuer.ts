import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

export const ISSUER = 'https://issuer.example';

/** An issuer with a key of its own whose public half is served on the loopback interface. */
export interface TestIssuer {
  readonly jwksUri: string;
  /** Whether the keys can be had; else the answer is 503. */
  keysServed: boolean;
  /** A token of the claims, in ten minutes over unless they say otherwise. */
  tokenOf(claims: Record<string, unknown>, signingKey?: CryptoKey): Promise<string>;
  close(): void;
}

export async function startIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => {
    response.statusCode = issuer.keysServed ? 200 : 503;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: TestIssuer = {
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keysServed: true,
    tokenOf: (claims, signingKey = privateKey) =>
      new SignJWT({ iss: ISSUER, exp: Math.floor(Date.now() / 1000) + 600, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(signingKey),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return issuer;
}

export type Handler = (
  event: APIGatewayTokenAuthorizerEvent,
  context: Context,
) => Promise<APIGatewayAuthorizerResult>;

/** The function as it starts with these variables of the environment. */
export async function loadHandler(variables: Readonly<Record<string, string>>): Promise<Handler> {
  Object.assign(process.env, { STAGE: 'test', POWERTOOLS_LOG_LEVEL: 'SILENT', ...variables });
  const { handler } = await import('../handler.js');
  return handler;
}

/** The API and stage that ask. */
export const apiArn = 'arn:aws:execute-api:us-east-1:123456789012:abc123/live';

/** Asks the authorizer as the gateway does for a request of the method and path. */
export function authorize(
  handler: Handler,
  authorizationToken: string,
  route = 'GET/v1/devices',
): Promise<APIGatewayAuthorizerResult> {
  const methodArn = `${apiArn}/${route}`;
  return handler({ type: 'TOKEN', authorizationToken, methodArn }, {
    awsRequestId: 'r1',
    functionName: 'authorizer-fn',
  } as Context);
}
