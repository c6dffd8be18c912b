import './style.css';
import 'uplot/dist/uPlot.min.css';

import { createAnalyticsClient } from '@weir/analytics-client';

import { localToken } from './access/local-token.js';
import { OauthSession } from './access/oauth-session.js';
import type { Beginning } from './access/oauth-session.js';
import { SignInError } from './access/sign-in-error.js';
import { TabMemory } from './access/tab-memory.js';
import { prepareTheme } from './charts/theme.js';
import { parseConfiguration } from './configuration.js';
import type { Configuration } from './configuration.js';
import { element, fill } from './element.js';
import { localRuntime } from './local-runtime.js';
import { showNavigation } from './navigation.js';
import { PipelineHistory, watchPipeline } from './pipeline-history.js';
import { parseRoute } from './route.js';
import type { Route } from './route.js';
import { deviceSource, siteSource } from './views/chart-source.js';
import { chartView } from './views/chart-view.js';
import { fleetView } from './views/fleet-view.js';
import { pipelineView } from './views/pipeline-view.js';
import { signInPanel } from './views/sign-in-panel.js';
import { tracesView } from './views/traces-view.js';
import type { View, ViewContext } from './views/view.js';

function required<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${id}`);
}

async function readConfiguration(): Promise<Configuration> {
  const response = await fetch('./dashboard.json');
  if (!response.ok) throw new Error(`dashboard.json was answered with status ${response.status}`);
  return parseConfiguration(await response.json(), location.href.replace(/[?#].*$/, ''));
}

const clock = (): number => Date.now();

function contextOf({ analyticsUrl, runtimeUrl }: Configuration, token: () => Promise<string>): ViewContext {
  return {
    client: createAnalyticsClient({
      baseUrl: analyticsUrl,
      token,
      // The views ask again by themselves, and people want to know early that something is wrong.
      retry: { maxAttempts: 3, maxDelayMs: 1_000 },
      timeoutMs: 15_000,
    }),
    runtime:
      runtimeUrl === undefined
        ? undefined
        : { info: localRuntime(runtimeUrl), history: new PipelineHistory() },
    clock,
  };
}

function viewOf(route: Route, context: ViewContext): View {
  switch (route.view) {
    case 'fleet':
      return fleetView(route.siteId);
    case 'device':
      return chartView(({ client }) => deviceSource(client, route.id), route.choice);
    case 'site':
      return chartView(({ client }) => siteSource(client, route.id), route.choice);
    case 'pipeline':
    case 'traces':
      if (context.runtime === undefined) return notFound(route.view);
      return route.view === 'pipeline' ? pipelineView : tracesView;
    case 'unknown':
      return notFound(route.path);
  }
}

function notFound(path: string): View {
  return (place) => {
    fill(
      place,
      element('h1', {}, 'There is no such page'),
      element('p', {}, `Nothing is at ${path}. `, element('a', { href: '#/' }, 'To the fleet')),
    );
  };
}

const titles: Readonly<Record<Route['view'], string>> = {
  fleet: 'Fleet',
  device: 'Device',
  site: 'Site',
  pipeline: 'Pipeline',
  traces: 'Traces',
  unknown: 'Not found',
};

/** Shows the view of the address, and another one whenever the address changes. */
function follow(place: HTMLElement, links: HTMLElement, context: ViewContext): void {
  const { runtime, clock } = context;
  if (runtime !== undefined) watchPipeline(runtime.info, runtime.history, clock);
  let current = new AbortController();
  const show = (): void => {
    current.abort();
    current = new AbortController();
    const route = parseRoute(location.hash);
    document.title = `${'id' in route ? route.id : titles[route.view]} – Weir`;
    showNavigation(links, route, context.runtime !== undefined);
    place.dataset['view'] = route.view;
    viewOf(route, context)(place, context, current.signal);
  };
  addEventListener('hashchange', show);
  show();
}

/** Lets somebody sign in. False: nobody is signed in, and the page says why. */
async function enter(
  place: HTMLElement,
  session: OauthSession,
  begin: () => Promise<Beginning> = () => session.begin(),
): Promise<boolean> {
  const onSignIn = (): void => void enter(place, session, () => session.signIn());
  fill(place, element('p', { class: 'empty', role: 'status' }, 'Signing in …'));
  try {
    const beginning = await begin();
    if (!beginning.signedIn) {
      fill(place, signInPanel({ title: 'You are signed out', advice: beginning.note, onSignIn }));
    }
    return beginning.signedIn;
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const { message, remedy } = error;
    fill(place, signInPanel({ title: 'The sign-in failed', failure: message, advice: remedy, onSignIn }));
    return false;
  }
}

function offerSignOut(button: HTMLButtonElement, session: OauthSession): void {
  // The way back must not lead to a page that was kept in memory together with its token.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  button.hidden = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    void session.signOut();
  });
}

async function start(): Promise<void> {
  const place = required('main', HTMLElement);
  prepareTheme(required('theme', HTMLButtonElement));
  try {
    const configuration = await readConfiguration();
    const { access } = configuration;
    let token = (): Promise<string> => localToken(access.tokenUrl);
    if (access.kind === 'oauth') {
      const session = new OauthSession(access, new TabMemory(sessionStorage), clock);
      if (!(await enter(place, session))) return;
      offerSignOut(required('sign-out', HTMLButtonElement), session);
      token = () => session.token();
    }
    follow(place, required('views', HTMLElement), contextOf(configuration, token));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fill(place, element('p', { class: 'failure', role: 'alert' }, `The page cannot start: ${reason}`));
  }
}

void start();
