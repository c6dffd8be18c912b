import { ProblemError, type Principal } from '@weir/telemetry-schema';
import type { APIGatewayEventDefaultAuthorizerContext } from 'aws-lambda';

/**
 * What authorizer-fn found in the token, as API Gateway hands it on: `scope` (separated by spaces), `devices` (separated
 * by commas, absent when unbound) and `exp` in epoch seconds. The gateway caches the authorizer's answer, so the end of
 * the token is checked here again.
 *
 * @throws ProblemError `unauthorized` when there is no such context or the token has ended.
 */
export function principalOf(context: APIGatewayEventDefaultAuthorizerContext, nowMs: number): Principal {
  const subject = context?.['principalId'];
  const expiresAtMs = Number(context?.['exp']) * 1000;
  if (typeof subject !== 'string' || !Number.isFinite(expiresAtMs)) throw new ProblemError('unauthorized');
  if (expiresAtMs <= nowMs) throw new ProblemError('unauthorized', { detail: 'The token has expired.' });
  const devices: unknown = context?.['devices'];
  return {
    subject,
    scopes: new Set(wordsOf(context?.['scope'], ' ')),
    ...(devices === undefined || devices === null ? {} : { devices: wordsOf(devices, ',') }),
    expiresAtMs,
  };
}

function wordsOf(value: unknown, separator: string): string[] {
  return typeof value === 'string' ? value.split(separator).filter((word) => word !== '') : [];
}
