import type { IncomingMessage } from 'node:http';
import type { TokenIssuer } from '../engines/issuer/token-issuer.js';
import { json, problem, type Answer, type FileAnswer } from './answer.js';
import type { DashboardFiles } from './dashboard-files.js';
import { isFromElsewhere } from './request-origin.js';

/** All that the page needs, and no more. */
const pageScope = 'telemetry:read';
const pageTokenSeconds = 3_600;

/**
 * A file of the page; undefined for another path. The page loads nothing from elsewhere, and speaks to this server and the
 * analytics API alone. https://www.w3.org/TR/CSP3/
 */
export function dashboardFile(
  files: DashboardFiles | undefined,
  path: string,
  analyticsUrl: string | null,
): FileAnswer | undefined {
  const file = files?.get(path === '/' ? '/index.html' : path);
  if (file === undefined) return undefined;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${analyticsUrl ?? ''}`.trim(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    ...file,
    headers: {
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

/** `GET /dashboard.json`: where the page finds what it shows. */
export function dashboardConfiguration(analyticsUrl: string | null): Answer {
  if (analyticsUrl === null) {
    return problem(503, 'not_ready', 'The analytics API has not started yet.');
  }
  return json({ analyticsUrl, access: { kind: 'local', tokenUrl: './token' }, runtimeUrl: './' });
}

/** `POST /token`: a token for reading, for the page and for programs of this machine. */
export async function answerToken(issuer: TokenIssuer, request: IncomingMessage): Promise<Answer> {
  if (isFromElsewhere(request))
    return problem(403, 'forbidden', 'Tokens are not given to pages of other sites.');
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'Only POST is answered here.');
  const token = await issuer.sign({ scope: pageScope, ttlSeconds: pageTokenSeconds });
  return json({ access_token: token, token_type: 'Bearer', expires_in: pageTokenSeconds, scope: pageScope });
}
