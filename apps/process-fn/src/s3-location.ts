import { isIpAddress, isVirtualHostableS3Bucket, partition } from '@aws-sdk/core/client';
import { Environment, EnvironmentError } from '@weir/environment';

/** Where S3 is. */
export interface S3Location {
  /** `AWS_REGION`. */
  readonly region: string;
  /** `AWS_ENDPOINT_URL_S3`, or `AWS_ENDPOINT_URL`: a server that speaks S3, in place of the region's own. */
  readonly endpoint: URL | undefined;
  /** `AWS_USE_FIPS_ENDPOINT`. */
  readonly fips: boolean;
  /** `AWS_USE_DUALSTACK_ENDPOINT`. */
  readonly dualStack: boolean;
}

/** Access points, and buckets of S3 Express and Outposts, have hosts and signatures of their own. */
const SPECIAL_BUCKET = /:|--(?:x|xa|op)-s3$/;

/**
 * Reads the variables by which every SDK of AWS finds S3.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 * @throws EnvironmentError naming the variable that is missing or wrong, and what it must be
 */
export function readS3Location(variables: Readonly<Record<string, string | undefined>>): S3Location {
  const environment = new Environment(variables);
  return {
    region: environment.text('AWS_REGION'),
    endpoint: environment.flag('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ? undefined : readEndpoint(variables),
    fips: environment.flag('AWS_USE_FIPS_ENDPOINT'),
    dualStack: environment.flag('AWS_USE_DUALSTACK_ENDPOINT'),
  };
}

function readEndpoint(variables: Readonly<Record<string, string | undefined>>): URL | undefined {
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    const text = variables[name];
    if (text === undefined || text === '') continue;
    const url = URL.parse(text);
    if (url !== null && /^https?:$/.test(url.protocol)) return url;
    throw new EnvironmentError(name, `must be a URL of HTTP, not "${text}"`);
  }
  return undefined;
}

/**
 * The URL that the keys of a bucket are below, ending in a slash. The bucket is in the host's name where DNS and certificates
 * allow it, else in the path.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * @throws Error for a bucket that is not one of a region's ordinary ones, and for an endpoint of one's own together with a
 * switch between those of AWS
 */
export function bucketUrl(bucket: string, { region, endpoint, fips, dualStack }: S3Location): URL {
  if (SPECIAL_BUCKET.test(bucket))
    throw new Error(`The bucket "${bucket}" is none of a region's ordinary buckets.`);
  if (endpoint !== undefined && (fips || dualStack))
    throw new Error(`FIPS and dual-stack endpoints are those of AWS, not ${endpoint.href}.`);
  const server = endpoint ?? new URL(`https://${regionalHost(region, fips, dualStack)}`);
  const base = server.href.endsWith('/') ? server.href : `${server.href}/`;
  const inHost =
    isVirtualHostableS3Bucket(bucket, server.protocol === 'http:') && !isIpAddress(server.hostname);
  return new URL(inHost ? base.replace('://', `://${bucket}.`) : `${base}${encodeURIComponent(bucket)}/`);
}

/** S3 keeps the suffix of its other endpoints where it is dual-stack, unlike most services. */
function regionalHost(region: string, fips: boolean, dualStack: boolean): string {
  const service = fips ? 's3-fips' : 's3';
  return `${service}.${dualStack ? 'dualstack.' : ''}${region}.${partition(region).dnsSuffix}`;
}
