import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { getRecursionDetectionPlugin } from '@aws-sdk/core/client';
import { Sha256 } from '@smithy/core/checksum';
import { constructStack, ServiceException } from '@smithy/core/client';
import { escapeUriPath, HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { getRetryPlugin, StandardRetryStrategy } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type {
  AwsCredentialIdentityProvider,
  DeserializeMiddleware,
  FinalizeRequestMiddleware,
  MiddlewareStack,
  RequestHandler,
  ResponseMetadata,
  SerializeMiddleware,
} from '@smithy/types';
import { bucketUrl, type S3Location } from './s3-location.js';

/** An object to be stored. */
export interface S3Object {
  /** Slashes are part of it. */
  readonly key: string;
  readonly body: string;
  readonly contentType: string;
}

/** Named as in S3's API, by which traces show it. */
interface PutObjectInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: string;
  readonly ContentType: string;
}

interface PutObjectOutput {
  readonly $metadata: ResponseMetadata;
}

export interface S3PutClientOptions {
  /** One of a region's ordinary buckets. */
  readonly bucket: string;
  readonly location: S3Location;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly requestHandler: RequestHandler<HttpRequest, HttpResponse>;
  /** Attempts for one object, the first one included. */
  readonly maxAttempts: number;
}

/**
 * S3 for a function that does nothing but put small objects into a bucket. `@aws-sdk/client-s3` would be a quarter of the function's bundle;
 * this puts the SDK's own signer, retries and HTTP handler behind the SDK's own middleware stack, so that whatever captures a
 * client's calls captures these. Like that client it sends a CRC-32, by which S3 refuses what it did not get whole.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export class S3PutClient {
  readonly config: { readonly region: () => Promise<string> };
  readonly middlewareStack: MiddlewareStack<PutObjectInput, PutObjectOutput> = constructStack();
  private readonly bucket: string;
  private readonly requestHandler: S3PutClientOptions['requestHandler'];

  /** @throws Error for a bucket or a location that it cannot work with (`bucketUrl`) */
  constructor({ bucket, location, credentials, requestHandler, maxAttempts }: S3PutClientOptions) {
    this.bucket = bucket;
    this.config = { region: () => Promise.resolve(location.region) };
    this.requestHandler = requestHandler;
    const retryStrategy = new StandardRetryStrategy(maxAttempts);
    this.middlewareStack.use(
      getRetryPlugin({
        maxAttempts: () => Promise.resolve(maxAttempts),
        retryStrategy: () => Promise.resolve(retryStrategy),
      }),
    );
    this.middlewareStack.use(getRecursionDetectionPlugin({ runtime: 'node' }));
    this.middlewareStack.add(serializing(bucketUrl(bucket, location)), {
      step: 'serialize',
      name: 'serializerMiddleware',
    });
    this.middlewareStack.add(signing(location.region, credentials), {
      step: 'finalizeRequest',
      priority: 'low',
      name: 'httpSigningMiddleware',
    });
    this.middlewareStack.add(deserializing, { step: 'deserialize', name: 'deserializerMiddleware' });
  }

  /**
   * Stores an object, in place of an older one of the same key.
   *
   * @throws ServiceException named by S3's error code, after the last attempt; or the error of the connection
   */
  async put({ key, body, contentType }: S3Object): Promise<void> {
    const put = this.middlewareStack.resolve(
      async ({ request }) => {
        const { response } = await this.requestHandler.handle(request as HttpRequest);
        return { response, output: undefined as never };
      },
      { clientName: 'S3Client', commandName: 'PutObjectCommand' },
    );
    await put({ input: { Bucket: this.bucket, Key: key, Body: body, ContentType: contentType } });
  }

  /** Closes its connections. */
  destroy(): void {
    this.requestHandler.destroy?.();
  }
}

function serializing(bucket: URL): SerializeMiddleware<PutObjectInput, PutObjectOutput> {
  return (next) => (args) => next({ ...args, request: putRequest(args.input, bucket) });
}

function putRequest({ Key, Body, ContentType }: PutObjectInput, bucket: URL): HttpRequest {
  const { protocol, host, hostname, port, pathname } = bucket;
  const body = Buffer.from(Body);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return new HttpRequest({
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    method: 'PUT',
    path: `${pathname}${escapeUriPath(Key)}`,
    query: { 'x-id': 'PutObject' },
    headers: {
      host,
      'user-agent': 'weir',
      'content-type': ContentType,
      'content-length': String(body.byteLength),
      'x-amz-sdk-checksum-algorithm': 'CRC32',
      'x-amz-checksum-crc32': checksum.toString('base64'),
    },
    body,
  });
}

/** Signs every attempt anew. S3 takes a path as it is sent, so it is not escaped a second time. */
function signing(
  region: string,
  credentials: AwsCredentialIdentityProvider,
): FinalizeRequestMiddleware<PutObjectInput, PutObjectOutput> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  return (next) => async (args) => next({ ...args, request: await signer.sign(args.request as HttpRequest) });
}

const deserializing: DeserializeMiddleware<PutObjectInput, PutObjectOutput> = (next) => async (args) => {
  const { response } = (await next(args)) as { readonly response: HttpResponse };
  const body = await text(response.body);
  // An error that S3 notices after it has begun to answer comes with status 200.
  const status = response.statusCode === 200 && body.endsWith('</Error>') ? 503 : response.statusCode;
  const $metadata = {
    httpStatusCode: status,
    requestId: response.headers['x-amz-request-id'],
    extendedRequestId: response.headers['x-amz-id-2'],
  };
  if (status === 200) return { response, output: { $metadata } };
  throw new ServiceException({
    name: elementOf(body, 'Code') ?? 'Unknown',
    message: elementOf(body, 'Message') ?? `S3 answered with status ${status}.`,
    $fault: status >= 500 ? 'server' : 'client',
    $response: response,
    $metadata,
  });
};

/** S3's errors are flat: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
