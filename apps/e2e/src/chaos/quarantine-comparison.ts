import { call } from '../api.js';
import { refusedPointName, type RefusedPoint } from './point-ledger.js';

interface QuarantinedObject {
  readonly reason: string;
  readonly readings: readonly {
    readonly deviceId: string;
    readonly timestamp: number;
    readonly metrics: Readonly<Record<string, number>>;
    readonly revision?: number;
  }[];
}

/**
 * Compares the quarantine bucket, read through S3's API, with the points that must stand in it: each of them and nothing
 * else. An object without a reason in its key holds records that the event source mapping gave up.
 *
 * @returns what differs, one sentence each
 */
export async function compareQuarantine(
  infoUrl: string,
  wanted: ReadonlyMap<string, RefusedPoint>,
): Promise<string[]> {
  const status = await call(`${infoUrl}/status`);
  const { s3 } = status.body['engines'] as { s3: { endpoint: string } };
  const bucket = elements((await call(s3.endpoint)).text, 'Name').find((name) => name.includes('quarantine'));
  if (bucket === undefined) return ['there is no quarantine bucket'];
  const differences: string[] = [];
  const found = new Set<string>();
  for (const key of await keysOf(`${s3.endpoint}/${bucket}`)) {
    if (!key.startsWith('reason=out_of_range/')) {
      differences.push(`the quarantine holds ${key}, which nothing in the traffic explains`);
      continue;
    }
    const object = await call(`${s3.endpoint}/${bucket}/${key}`);
    for (const name of pointNames(JSON.parse(object.text) as QuarantinedObject)) found.add(name);
  }
  const extra = [...found].filter((name) => !wanted.has(name));
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  return [
    ...differences,
    ...extra.map((name) => `the quarantine holds ${name}, which could be stored`),
    ...missing.map((name) => `the quarantine lacks ${name}`),
  ];
}

async function keysOf(bucketUrl: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({
      'list-type': '2',
      ...(token === undefined ? {} : { 'continuation-token': token }),
    });
    const { text } = await call(`${bucketUrl}?${query}`);
    keys.push(...elements(text, 'Key'));
    [token] = elements(text, 'NextContinuationToken');
  } while (token !== undefined);
  return keys;
}

/** The texts of an XML document's elements of a name; none of those read here has anything to unescape. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);
}

function pointNames({ readings }: QuarantinedObject): string[] {
  return readings.flatMap(({ deviceId, timestamp: timestampMs, metrics, revision = 0 }) =>
    Object.entries(metrics).map(([metric, value]) =>
      refusedPointName({ deviceId, timestampMs, metric, value, revision }),
    ),
  );
}
