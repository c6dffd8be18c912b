import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
}

interface HeadersPolicy {
  readonly ResponseHeadersPolicyConfig: {
    readonly SecurityHeadersConfig: {
      readonly ContentSecurityPolicy: {
        readonly ContentSecurityPolicy: { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
      };
    };
  };
}

/**
 * The content security policy of the dashboard's site, as the assembly's template has it; what only a deployment knows, parts of
 * the origins that the page may ask, is left out.
 *
 * @throws Error when the assembly has not exactly one such policy, with sources of `connect-src` that a deployment knows
 */
export function contentSecurityPolicyOf(assembly: string): string {
  const policies = readdirSync(assembly)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(assembly, name), 'utf8')) as Template)
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type === 'AWS::CloudFront::ResponseHeadersPolicy')
    .map(({ Properties }) => Properties as HeadersPolicy);
  const [policy, ...others] = policies;
  if (policy === undefined || others.length > 0)
    throw new Error(`${assembly} has ${policies.length} policies of headers`);
  const { ContentSecurityPolicy } =
    policy.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy;
  const [delimiter, parts] = ContentSecurityPolicy['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : '')).join(delimiter);
  if (!/connect-src 'self' https:[^;]+;/.test(text))
    throw new Error(`The policy lets the page ask nobody: ${text}`);
  return text;
}
