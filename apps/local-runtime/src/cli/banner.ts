/** What a user needs to take the first steps. */
export interface BannerFacts {
  readonly infoUrl: string;
  readonly ingestUrl: string | undefined;
  readonly analyticsUrl: string | undefined;
  readonly token: string;
  /** What prints another token for this runtime. */
  readonly tokenCommand: string;
  readonly deviceId: string;
  readonly metric: string;
  readonly nowMs: number;
}

const hourMs = 3_600_000;

/** The text shown when everything is ready: URLs, two requests to paste, and how to stop. */
export function readyBanner(facts: BannerFacts): string {
  const { infoUrl, ingestUrl, analyticsUrl } = facts;
  const lines = ['', 'Weir is ready.', '', `  Info       ${infoUrl}`];
  if (ingestUrl !== undefined) lines.push(`  Ingest     ${ingestUrl}`);
  if (analyticsUrl !== undefined) lines.push(`  Analytics  ${analyticsUrl}`);
  if (ingestUrl !== undefined) lines.push('', 'Send a reading:', '', ingestCommand(facts, ingestUrl));
  if (analyticsUrl !== undefined) {
    lines.push(
      '',
      'Ask for hourly averages of the last 24 hours:',
      '',
      aggregateCommand(facts, analyticsUrl),
    );
  }
  lines.push('', `More tokens: ${facts.tokenCommand}`, 'Stop with Ctrl-C; the data stays.', '');
  return `${lines.join('\n')}\n`;
}

function ingestCommand({ token, deviceId, metric, nowMs }: BannerFacts, ingestUrl: string): string {
  const reading = { deviceId, timestamp: new Date(nowMs).toISOString(), metrics: { [metric]: 68.5 } };
  return [
    `curl -sS ${ingestUrl}/v1/telemetry \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ readings: [reading] })}'`,
  ].join('\n');
}

function aggregateCommand({ token, deviceId, metric, nowMs }: BannerFacts, analyticsUrl: string): string {
  const toMs = (Math.floor(nowMs / hourMs) + 1) * hourMs;
  const query = [
    `metric=${encodeURIComponent(metric)}`,
    'resolution=1h',
    `from=${rfc3339(toMs - 24 * hourMs)}`,
    `to=${rfc3339(toMs)}`,
  ].join('&');
  return [
    `curl -sS '${analyticsUrl}/v1/devices/${encodeURIComponent(deviceId)}/aggregates?${query}' \\`,
    `  -H 'Authorization: Bearer ${token}'`,
  ].join('\n');
}

function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
