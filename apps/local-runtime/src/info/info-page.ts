import { escapeHtml, htmlPage } from './html.js';
import type { RuntimeStatus } from './runtime-status.js';

/** A page for people: what runs where. */
export function infoPage(status: RuntimeStatus): string {
  const { urls, stream } = status;
  const lag =
    stream === null
      ? 'not known'
      : `${stream.records} records, oldest ${Math.round(stream.iteratorAgeMs / 1_000)} s old`;
  const engines = Object.entries(status.engines).map(
    ([name, engine]) => `${name}: ${engine.endpoint} (${engine.restarts} restarts)`,
  );
  const rows: [string, string][] = [
    ['State', status.ready ? 'ready' : 'starting'],
    ['Ingest API', urls.ingest ?? '–'],
    ['Analytics API', urls.analytics ?? '–'],
    ['In the stream', lag],
    [
      'Functions',
      status.functions.map(({ name, workerPids }) => `${name} (${workerPids.length})`).join(', '),
    ],
    ['Engines', engines.join(', ')],
    ['Data', status.dataDirectory],
  ];
  const table = rows.map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const links = [
    'status',
    'metrics',
    'traces',
    'calls',
    'roles',
    '.well-known/jwks.json',
    '.well-known/openid-configuration',
  ].map((path) => `<a href="/${path}">/${path}</a>`);
  return htmlPage(
    'Weir on this machine',
    'body{font:16px/1.5 system-ui;margin:3rem auto;max-width:50rem}th{text-align:left;padding-right:2rem;vertical-align:top}',
    `<h1>Weir on this machine</h1>
<table>${table.join('')}</table>
<p>${links.join(' · ')}</p>`,
  );
}
