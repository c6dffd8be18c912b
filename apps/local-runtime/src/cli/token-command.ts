import { join, resolve } from 'node:path';
import {
  issuerKeyFileName,
  localAudience,
  localIssuer,
  TokenIssuer,
} from '../engines/issuer/token-issuer.js';
import { prepareDataDirectory } from '../state/data-directory.js';
import { OptionValues, parsePortBase } from './option-values.js';
import { UsageError } from './usage-error.js';

export interface TokenOptions {
  readonly scope: string;
  readonly devices?: readonly string[];
  readonly ttlSeconds: number;
  readonly dataDir: string;
  readonly portBase: number;
}

/** All that the APIs know. */
export const allScopes = 'telemetry:write telemetry:read devices:write';

const text = { type: 'string' } as const;
const optionKinds = { 'data-dir': text, devices: text, 'port-base': text, scope: text, ttl: text } as const;

/** @throws UsageError naming the option that is unknown or wrong. */
export function parseTokenOptions(args: readonly string[], cwd: string): TokenOptions {
  const values = OptionValues.parse(args, optionKinds);
  const devices = values.text('devices');
  return {
    scope: parseScope(values.text('scope') ?? allScopes),
    ...(devices === undefined ? {} : { devices: parseDevices(devices) }),
    ttlSeconds: parseTtl(values.text('ttl') ?? '1h'),
    dataDir: resolve(cwd, values.text('data-dir') ?? '.weir'),
    portBase: parsePortBase(values.text('port-base')),
  };
}

function parseScope(value: string): string {
  const scopes = value.split(/\s+/).filter((scope) => scope !== '');
  // The characters of a scope: https://www.rfc-editor.org/rfc/rfc6749#section-3.3
  const wrong = scopes.find((scope) => !/^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope));
  if (scopes.length === 0 || wrong !== undefined)
    throw new UsageError('--scope must be scopes with spaces between them.');
  return scopes.join(' ');
}

function parseDevices(value: string): string[] {
  const devices = value.split(',').map((device) => device.trim());
  const wrong = devices.find((device) => !/^[A-Za-z0-9._:-]{0,128}\*?$/.test(device) || device === '');
  if (wrong === undefined) return devices;
  throw new UsageError(
    `--devices must be device ids or prefixes such as a*, with commas between them, not "${wrong}".`,
  );
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90s`, `15m`, `1h`, `7d`: up to ten years. */
function parseTtl(value: string): number {
  const match = /^([0-9]{1,9})([smhd])$/.exec(value);
  const seconds = Number(match?.[1] ?? 0) * (unitSeconds[match?.[2] ?? ''] ?? 0);
  if (seconds >= 1 && seconds <= 3_650 * 86_400) return seconds;
  throw new UsageError(`--ttl must be a duration such as 90s, 15m, 1h or 7d, not ${value}.`);
}

/** A token that the runtime with the same data directory and port base accepts. @throws RuntimeError. */
export async function makeToken(
  options: TokenOptions,
  { clock, newId }: { clock(): number; newId(): string },
): Promise<string> {
  const dataDir = prepareDataDirectory(options.dataDir);
  const issuer = await TokenIssuer.open({
    keyFile: join(dataDir, issuerKeyFileName),
    issuer: localIssuer(options.portBase),
    audience: localAudience,
    clock,
    newId,
  });
  return issuer.sign(options);
}
