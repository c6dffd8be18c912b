import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { reasonOf, RuntimeError, systemCode } from '../../runtime-error.js';

/** The algorithm that every verifier of JWTs knows. https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
export const signingAlgorithm = 'RS256';

/** The issuer's key pair. */
export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  /** The public part as a JWK with `kid`, `use` and `alg`. */
  readonly publicJwk: JWK;
}

/**
 * Opens the issuer's key file, or creates it, readable by its owner alone. Of several programs that create it at the
 * same time one wins, and all of them use its key.
 *
 * @throws RuntimeError `data_directory_damaged` when the file holds no key.
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  const stored = (await readKeyFile(file)) ?? (await createKeyFile(file));
  try {
    return await toSigningKey(JSON.parse(stored) as JWK);
  } catch (error) {
    throw new RuntimeError(
      'data_directory_damaged',
      `The key file ${file} holds no key (${reasonOf(error)}): delete it, and make new tokens.`,
      { cause: error },
    );
  }
}

async function toSigningKey(jwk: JWK): Promise<SigningKey> {
  const privateKey = await importJWK(jwk, signingAlgorithm);
  if (privateKey instanceof Uint8Array || jwk.d === undefined) throw new Error('it is no private RSA key');
  const keyId = await calculateJwkThumbprint(jwk);
  const { kty, n, e } = jwk;
  return {
    keyId,
    privateKey,
    publicJwk: { kty, n, e, kid: keyId, use: 'sig', alg: signingAlgorithm } as JWK,
  };
}

async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function createKeyFile(file: string): Promise<string> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true, modulusLength: 2048 });
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(await exportJWK(privateKey)), {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  });
  try {
    // Unlike a rename, a link does not take the place of a file that another program has just created.
    await link(temporary, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return readFile(file, 'utf8');
}
