import type { IncomingMessage } from 'node:http';

const ownHosts = /^(127\.0\.0\.1|localhost)(:[0-9]+)?$/;

/**
 * Whether a web page of another site asks: one with an origin of its own, or one whose name was made to lead to this
 * machine, which shows in `Host`. Programs send no origin, and this server's page its own.
 */
export function isFromElsewhere({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const host = headers.host ?? '';
  if (!ownHosts.test(host)) return true;
  return headers.origin !== undefined && headers.origin !== `http://${host}`;
}
