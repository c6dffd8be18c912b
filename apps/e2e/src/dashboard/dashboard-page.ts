import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface PageOptions {
  readonly widthPx?: number;
  readonly theme?: 'light' | 'dark';
}

/** A page of its own, and everything in it that should not be. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, and requests to other hosts. */
  readonly troubles: string[];
}

export async function openPage(
  browser: Browser,
  { widthPx = 1_920, theme = 'light' }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: widthPx, height: widthPx < 600 ? 780 : 1_080 },
    colorScheme: theme,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && hostname !== '127.0.0.1') troubles.push(`a request to ${request.url()}`);
  });
  return { page, context, troubles };
}

/** How many of a chart's pixels are painted. */
export function paintedPixels(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) throw new Error('not a canvas');
      const context = canvas.getContext('2d');
      const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let painted = 0;
      for (let place = 3; place < data.length; place += 4) if (data[place] !== 0) painted += 1;
      return painted;
    });
}

/** By how many pixels the page is wider than the window. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** The controls of the page that have no name for who cannot see them. */
export function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button, input, select, [tabindex="0"]')]
      .filter((control) => {
        const labels =
          control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.labels : null;
        const texts = [
          control.getAttribute('aria-label'),
          control.textContent,
          ...[...(labels ?? [])].map((label) => label.textContent),
        ];
        return texts.every((text) => (text ?? '').trim() === '');
      })
      .map((control) => control.outerHTML),
  );
}
