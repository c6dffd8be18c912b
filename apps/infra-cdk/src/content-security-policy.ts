/**
 * What the dashboard's page may load and ask: its own files, and the given origins. It has no inline script or style, sends no
 * form and is framed by nobody. https://www.w3.org/TR/CSP3/
 *
 * @param asked origins, `https://host[:port]`, that scripts of the page may ask; they may hold CloudFormation tokens
 */
export function contentSecurityPolicy(asked: readonly string[]): string {
  const directives: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'"],
    'connect-src': ["'self'", ...asked],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}
