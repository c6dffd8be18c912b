import type { AnalyticsClient, DeviceSummary } from '@weir/analytics-client';

import { element, fill } from '../element.js';
import { failureNotice } from '../failure.js';
import { canBeginId, freshnessOf, groupBySite } from '../fleet.js';
import { formatAge, formatLocalTime, formatUnit, formatValue } from '../format.js';
import { poll } from '../polling.js';
import { chartAddress, fleetAddress } from '../route.js';
import type { View } from './view.js';

const INTERVAL_MS = 5_000;
const PAGE_DEVICES = 50;
/** A search that is typed waits so long for the next letter. */
const TYPING_MS = 250;

interface Shown {
  devices: readonly DeviceSummary[];
  nextCursor: string | undefined;
  /** What is said below the list. */
  note: string;
}

/**
 * The devices by site, with their latest values; paged, and searched by the beginning of their ids.
 *
 * @param siteId only this site's
 */
export function fleetView(siteId: string | undefined): View {
  return (place, { client, clock }, signal) => {
    const notice = failureNotice();
    const search = element('input', {
      type: 'search',
      id: 'search',
      maxlength: '128',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    const list = element('div', { class: 'fleet', 'aria-live': 'off' });
    const note = element('p', { class: 'caption', role: 'status' }, 'Loading the devices …');
    const earlier = element('button', { type: 'button' }, 'Previous page');
    const later = element('button', { type: 'button' }, 'Next page');
    let prefix = '';
    let cursors: (string | undefined)[] = [undefined];
    let nextCursor: string | undefined;
    let restart = new AbortController();

    const refresh = (): void => {
      restart.abort();
      restart = new AbortController();
      poll(load, INTERVAL_MS, AbortSignal.any([signal, restart.signal]));
    };
    const load = async (stopped: AbortSignal): Promise<void> => {
      const query = { siteId, prefix, cursor: cursors.at(-1) };
      try {
        const shown = await onePage(client, query, stopped);
        if (stopped.aborted) return;
        notice.clear();
        nextCursor = shown.nextCursor;
        show(list, shown.devices, clock());
        const page = cursors.length > 1 || nextCursor !== undefined ? `Page ${cursors.length} · ` : '';
        fill(note, `${page}${shown.note}`);
      } catch (error) {
        if (stopped.aborted) return;
        notice.show(error);
        if (list.childElementCount === 0) fill(note, '');
      }
      earlier.disabled = cursors.length === 1;
      later.disabled = nextCursor === undefined;
      earlier.hidden = earlier.disabled && later.disabled;
      later.hidden = earlier.hidden;
    };

    let typing: ReturnType<typeof setTimeout>;
    search.addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        prefix = search.value.trim();
        cursors = [undefined];
        nextCursor = undefined;
        refresh();
      }, TYPING_MS);
    });
    earlier.addEventListener('click', () => {
      cursors = cursors.slice(0, -1);
      refresh();
    });
    later.addEventListener('click', () => {
      cursors = [...cursors, nextCursor];
      refresh();
    });
    fill(
      place,
      element(
        'div',
        { class: 'title' },
        element('h1', {}, siteId === undefined ? 'Fleet' : `Fleet at ${siteId}`),
        siteId === undefined ? null : element('a', { href: fleetAddress() }, 'All sites'),
        element(
          'div',
          { class: 'search' },
          element('label', { for: 'search' }, 'Device id begins with'),
          search,
        ),
      ),
      notice.element,
      list,
      element('div', { class: 'pager' }, note, earlier, later),
    );
    earlier.hidden = true;
    later.hidden = true;
    refresh();
  };
}

interface ListQuery {
  siteId: string | undefined;
  /** What the ids shown begin with; empty for all. */
  prefix: string;
  cursor: string | undefined;
}

async function onePage(client: AnalyticsClient, query: ListQuery, signal: AbortSignal): Promise<Shown> {
  const { siteId, prefix, cursor } = query;
  if (prefix !== '' && !canBeginId(prefix)) {
    return { devices: [], nextCursor: undefined, note: 'Device ids hold only letters, digits and . _ : -' };
  }
  const filter = { ...(siteId === undefined ? {} : { siteId }), ...(prefix === '' ? {} : { prefix }) };
  const { items, nextCursor } = await client
    .devices({ limit: PAGE_DEVICES, ...filter }, { signal })
    .page(cursor);
  return { devices: items, nextCursor, note: countNote(items.length, prefix) };
}

function countNote(count: number, prefix: string): string {
  if (count === 0) {
    return prefix === '' ? 'No device has sent anything yet.' : `No device id begins with “${prefix}”.`;
  }
  const devices = count === 1 ? '1 device' : `${count} devices`;
  return prefix === '' ? devices : `${devices} beginning with “${prefix}”`;
}

function show(list: HTMLElement, devices: readonly DeviceSummary[], nowMs: number): void {
  // A link that is gone cannot keep the focus, so it is given to the one that took its place.
  const focused =
    document.activeElement instanceof HTMLAnchorElement ? document.activeElement.href : undefined;
  fill(
    list,
    ...groupBySite(devices).map(({ siteId, devices: members }) => siteTable(siteId, members, nowMs)),
  );
  if (focused === undefined) return;
  [...list.querySelectorAll('a')].find(({ href }) => href === focused)?.focus({ preventScroll: true });
}

function siteTable(
  siteId: string | undefined,
  devices: readonly DeviceSummary[],
  nowMs: number,
): HTMLElement {
  const name = siteId ?? 'Without a site';
  const heading = element(
    'h2',
    {},
    siteId === undefined ? name : element('a', { href: chartAddress('sites', siteId) }, name),
    element('span', { class: 'caption' }, devices.length === 1 ? '1 device' : `${devices.length} devices`),
    siteId === undefined
      ? null
      : element('a', { class: 'aside', href: fleetAddress(siteId) }, 'only this site'),
  );
  const table = element(
    'table',
    { 'aria-label': `Devices: ${name}` },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['Device', 'Model', 'Latest values', 'Last seen'].map((text) =>
          element('th', { scope: 'col' }, text),
        ),
      ),
    ),
    element('tbody', {}, ...devices.map((device) => deviceRow(device, nowMs))),
  );
  return element('section', { class: 'card' }, heading, table);
}

function deviceRow({ deviceId, model, latest, lastSeen }: DeviceSummary, nowMs: number): HTMLElement {
  const values = Object.entries(latest ?? {}).map(([metric, { value, timestamp, unit }]) =>
    element(
      'a',
      {
        class: 'value',
        href: chartAddress('devices', deviceId, { metrics: [metric] }),
        title: formatLocalTime(Date.parse(timestamp)),
      },
      element('span', {}, metric),
      element('strong', {}, `${formatValue(value)} ${formatUnit(unit)}`.trim()),
    ),
  );
  const seenMs = lastSeen === undefined ? undefined : Date.parse(lastSeen);
  const freshness = freshnessOf(seenMs, nowMs);
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, element('a', { href: chartAddress('devices', deviceId) }, deviceId)),
    element('td', { class: 'model' }, model ?? '–'),
    element('td', {}, element('div', { class: 'values' }, ...(values.length === 0 ? ['–'] : values))),
    element(
      'td',
      { class: 'seen', title: seenMs === undefined ? 'never' : formatLocalTime(seenMs) },
      element('span', { class: `freshness is-${freshness}` }, freshness),
      seenMs === undefined ? '' : formatAge(seenMs, nowMs),
    ),
  );
}
