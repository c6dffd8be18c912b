import { EnvironmentError } from '@weir/environment';
import { bucketUrl, readS3Location } from './s3-location.js';

const REGION = { AWS_REGION: 'eu-west-1' };

describe('readS3Location', () => {
  it('is the region’s own S3 where nothing else is said', () => {
    expect(readS3Location(REGION)).toEqual({
      region: 'eu-west-1',
      endpoint: undefined,
      fips: false,
      dualStack: false,
    });
    expect(readS3Location({ ...REGION, AWS_ENDPOINT_URL_S3: '' }).endpoint).toBeUndefined();
  });

  it('is an endpoint of S3 before one of all services, and none where they are to be ignored', () => {
    const all = { ...REGION, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const own = { ...all, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:2' };
    expect(readS3Location(all).endpoint?.port).toBe('1');
    expect(readS3Location(own).endpoint?.port).toBe('2');
    expect(readS3Location({ ...own, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }).endpoint).toBeUndefined();
  });

  it.each([
    ['AWS_REGION', undefined],
    ['AWS_REGION', ' '],
    ['AWS_ENDPOINT_URL_S3', '127.0.0.1:9000'],
    ['AWS_ENDPOINT_URL', 'ftp://127.0.0.1'],
    ['AWS_USE_FIPS_ENDPOINT', 'yes'],
    ['AWS_USE_DUALSTACK_ENDPOINT', '1'],
  ])('names %s when it is %p', (name, value) => {
    const read = (): unknown => readS3Location({ ...REGION, [name]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(new RegExp(`variable ${name} (is not set|must be )`));
  });
});

describe('bucketUrl', () => {
  const location = readS3Location(REGION);

  it.each(['arn:aws:s3:eu-west-1:123456789012:accesspoint/weir', 'weir--euw1-az1--x-s3'])(
    'refuses %s',
    (bucket) => {
      expect(() => bucketUrl(bucket, location)).toThrow(/none of a region's ordinary buckets/);
    },
  );

  it('refuses an endpoint together with a switch between those of AWS', () => {
    const endpoint = new URL('http://127.0.0.1:9000');
    expect(() => bucketUrl('weir', { ...location, endpoint, fips: true })).toThrow(/FIPS and dual-stack/);
    expect(() => bucketUrl('weir', { ...location, endpoint, dualStack: true })).toThrow(
      /FIPS and dual-stack/,
    );
  });
});
