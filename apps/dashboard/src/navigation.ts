import { element, fill } from './element.js';
import type { Route } from './route.js';

const LINKS = [
  { text: 'Fleet', href: '#/', views: ['fleet', 'device', 'site'], local: false },
  { text: 'Pipeline', href: '#/pipeline', views: ['pipeline'], local: true },
  { text: 'Traces', href: '#/traces', views: ['traces'], local: true },
];

/** The links to the views. @param local whether there is a local runtime that tells of itself */
export function showNavigation(place: HTMLElement, route: Route, local: boolean): void {
  const links = LINKS.filter((link) => local || !link.local);
  fill(
    place,
    ...links.map(({ text, href, views }) =>
      element('a', { href, 'aria-current': views.includes(route.view) ? 'page' : undefined }, text),
    ),
  );
}
