import type { DirectoryEntry, DirectoryPage, Repositories, WorkContext } from '@weir/dynamo-repo';
import { NAME_PATTERN, type Principal } from '@weir/telemetry-schema';

export interface AllowedDevicesQuery {
  readonly principal: Principal;
  readonly siteId?: string;
  /** Only devices whose id begins with it. */
  readonly prefix?: string;
  readonly limit: number;
  /** The device to go on after. */
  readonly after?: string;
}

/** Where devices may be found in the directory: some ids, or all that begin with a prefix. Ids ascend. */
type Source =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'prefix'; readonly prefix: string };

const PREFIX_PATTERN = /^[A-Za-z0-9._:-]{0,128}$/;
const IDS_AT_ONCE = 16;
/** A token may name many devices that do not exist; a page looks for this many at most. */
const IDS_A_PAGE_MAX = 512;

/**
 * A page of the directory in order of device id, of the devices that the token allows. Only lines that it allows are read,
 * so that neither the answer nor where it ends tells anything of the others.
 *
 * @returns `nextAfter` to go on after, undefined on the last page; a page may be short and yet not the last
 */
export async function listAllowedDevices(
  { principal, siteId, prefix: asked = '', limit, after }: AllowedDevicesQuery,
  { devices }: Repositories,
  work: WorkContext,
): Promise<DirectoryPage> {
  const items: DirectoryEntry[] = [];
  let idsRead = 0;
  let lastRead = after;
  // One more than the page holds tells whether there is another page.
  for (const source of sourcesAfter(patternsWithin(asked, principal.devices), after)) {
    if (items.length > limit) break;
    if (source.kind === 'prefix') {
      const { prefix } = source;
      const query = { siteId, prefix, after };
      items.push(...(await devices.list({ ...query, limit: limit + 1 - items.length }, work)).items);
      continue;
    }
    if (idsRead >= IDS_A_PAGE_MAX) return { items: items.slice(0, limit), nextAfter: lastRead };
    const lines = await Promise.all(source.ids.map((id) => devices.directoryEntry(id, work)));
    items.push(...lines.flatMap((line) => (line && isOfSite(line, siteId) ? [line] : [])));
    idsRead += source.ids.length;
    lastRead = source.ids.at(-1);
  }
  const page = items.slice(0, limit);
  return { items: page, nextAfter: items.length > limit ? page.at(-1)?.deviceId : undefined };
}

function isOfSite(line: DirectoryEntry, siteId: string | undefined): boolean {
  return siteId === undefined || line.siteId === siteId;
}

/**
 * The patterns of what a token allows and the query asks for at once: those that lie within the prefix, and the prefix
 * itself where a pattern holds all of it. A token without patterns allows every device.
 */
function patternsWithin(asked: string, patterns: readonly string[] = ['*']): readonly string[] {
  return patterns.flatMap((pattern) => {
    if (pattern.startsWith(asked)) return [pattern];
    const holdsAll = pattern.endsWith('*') && asked.startsWith(pattern.slice(0, -1));
    return holdsAll ? [`${asked}*`] : [];
  });
}

/**
 * The places to look, disjoint and in order, without what lies at or before `after`. As no id of one begins with the
 * prefix of another, all ids of a place come before those of the next.
 */
function sourcesAfter(patterns: readonly string[], after: string | undefined): Source[] {
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  const widest = [...new Set(prefixes)].filter(
    (prefix) =>
      PREFIX_PATTERN.test(prefix) && !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
  );
  const ids = [...new Set(patterns)].filter(
    (id) => NAME_PATTERN.test(id) && !widest.some((prefix) => id.startsWith(prefix)),
  );
  const begun = after ?? '';
  const places = [
    ...widest
      .filter((prefix) => prefix > begun || begun.startsWith(prefix))
      .map((prefix) => ({ at: prefix, source: { kind: 'prefix', prefix } as const })),
    ...ids.filter((id) => id > begun).map((id) => ({ at: id, source: { kind: 'ids', ids: [id] } as const })),
  ];
  places.sort((a, b) => (a.at < b.at ? -1 : 1));
  return uniteIds(places.map(({ source }) => source));
}

/** Neighbouring ids are looked up at once. */
function uniteIds(sources: readonly Source[]): Source[] {
  const united: Source[] = [];
  for (const source of sources) {
    const before = united.at(-1);
    if (source.kind === 'ids' && before?.kind === 'ids' && before.ids.length < IDS_AT_ONCE) {
      united[united.length - 1] = { kind: 'ids', ids: [...before.ids, ...source.ids] };
    } else {
      united.push(source);
    }
  }
  return united;
}
