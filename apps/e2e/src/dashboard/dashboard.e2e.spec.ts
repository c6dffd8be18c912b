import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { allWindows } from '../api.js';
import { freePortBase, makeToken, root, startStack, type LocalStack } from '@weir/local-stack';
import { TokenMint } from '../token-mint.js';
import { accessibilityViolations, faintFocus, faintGraphics } from './accessibility.js';
import { findChromium, startChromium } from './chromium.js';
import { namelessControls, openPage, overflowPx, paintedPixels, type WatchedPage } from './dashboard-page.js';
import { DEVICES, readingAt, send, sendHistory } from './fleet-data.js';

const dist = join(root, 'apps/dashboard/dist');
const screenshots = join(root, 'apps/dashboard/reports');
const FIRST_LOAD_BYTES_MAX = 150_000;
const WAIT_MS = 30_000;

const program = findChromium();
const inBrowser = program === undefined ? describe.skip : describe;

describe('the built page', () => {
  it('is small, and loads nothing from elsewhere', () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .map((name) => join(dist, name))
      .filter((file) => statSync(file).isFile());
    const sizes = files.map((file) => gzipSync(readFileSync(file)).byteLength);
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_BYTES_MAX);
    const page = readFileSync(join(dist, 'index.html'), 'utf8');
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => !/^(\.\/|#)/.test(address ?? ''))).toEqual([]);
  });
});

inBrowser('the dashboard in Chromium', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-dashboard-'));
  let stack: LocalStack;
  let token: string;
  let browser: Browser;
  const open: WatchedPage[] = [];

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    const run = { dataDir, portBase: await freePortBase() };
    [stack, browser] = await Promise.all([
      startStack({ ...run, args: ['--dashboard', dist] }),
      startChromium(program ?? ''),
    ]);
    token = await makeToken(run);
  }, 120_000);

  afterEach(async () => {
    for (const { context } of open.splice(0)) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  async function visit(hash: string, options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
    const watched = await openPage(browser, options);
    watched.page.setDefaultTimeout(WAIT_MS);
    open.push(watched);
    await watched.page.goto(`${stack.infoUrl}/${hash}`);
    return watched;
  }

  it('says that there is nothing yet', async () => {
    const { page, troubles } = await visit('#/');
    await page.getByText('No device has sent anything yet.').waitFor();
    expect(troubles).toEqual([]);
  }, 60_000);

  describe('with a fleet', () => {
    beforeAll(() => sendHistory(stack, token, Date.now()), 120_000);

    it('shows the fleet by site, finds devices, and follows them live', async () => {
      const { page, troubles } = await visit('#/');
      await page.getByRole('heading', { name: 'hall-2' }).waitFor();
      expect(await page.locator('tbody th').allTextContents()).toEqual(['press-1', 'press-2', 'oven-1']);
      const search = page.getByLabel('Device id begins with');
      const asked: (string | null)[] = [];
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname.endsWith('/v1/devices')) asked.push(searchParams.get('prefix'));
      });
      await search.fill('oven');
      await page.getByText('1 device beginning with “oven”').waitFor();
      expect(await page.locator('tbody th').allTextContents()).toEqual(['oven-1']);
      expect(asked).toContain('oven');
      await search.fill('Oven');
      await page.getByText('No device id begins with “Oven”.').waitFor();
      await search.fill('oven 1');
      await page.getByText('Device ids hold only letters, digits and . _ : -').waitFor();
      expect(asked).not.toContain('oven 1');
      await search.fill('');
      await page.getByText('3 devices', { exact: true }).waitFor();
      const hall = page.locator('section.card', { hasText: 'press-1' });
      await hall.getByRole('link', { name: 'only this site' }).click();
      await page.getByRole('heading', { name: 'Fleet at hall-1' }).waitFor();
      const value = page.locator('tr', { hasText: 'press-2' }).locator('.value', { hasText: 'pressure' });
      await value.waitFor();
      const timestamp = Date.now();
      await send(stack, token, [{ deviceId: 'press-2', timestamp, metrics: { pressure: 7.125 } }]);
      await value.getByText('7.125 bar').waitFor();
      expect(troubles).toEqual([]);
    }, 60_000);

    it('shows a device’s windows, and a window’s statistics below the cursor', async () => {
      const { page, troubles } = await visit('#/devices/oven-1?metric=temperature&metric=pressure&range=1h');
      await page.locator('.readout dl').first().waitFor();
      expect(await page.locator('section.card h2').allTextContents()).toEqual(['pressure', 'temperature']);
      expect(await paintedPixels(page, '.plot canvas')).toBeGreaterThan(2_000);
      const lines = page.locator('section[aria-label="temperature"] .line-switch line');
      const dashes = await lines.evaluateAll((all) =>
        all.map((line) => getComputedStyle(line).strokeDasharray),
      );
      expect(dashes).toHaveLength(4);
      expect(new Set(dashes).size).toBe(4);
      const plot = page.getByRole('img', { name: /^temperature: mean/ });
      await plot.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const shown = await page.locator('section[aria-label="temperature"] .readout').innerText();
      const [from] = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(shown) ?? [];
      expect(Date.now() - new Date(from ?? '').getTime()).toBeGreaterThan(50 * 60_000);
      expect(shown).toContain('°C');
      expect(shown).toMatch(/final, version \d+/);
      await page.getByRole('button', { name: 'p99' }).first().click();
      expect(await page.getByRole('button', { name: 'p99' }).first().getAttribute('aria-pressed')).toBe(
        'false',
      );
      expect(troubles).toEqual([]);
    }, 60_000);

    it('takes the cursor to the first window in sight, though one lies before the range', async () => {
      const minuteMs = Math.floor(Date.now() / 60_000 - 90) * 60_000;
      const range = `from=${minuteMs + 45_000}&to=${minuteMs + 40 * 60_000}`;
      const { page, troubles } = await visit(`#/devices/oven-1?metric=temperature&detail=1m&${range}`);
      await page.locator('.readout dl').waitFor();
      await page.getByRole('img', { name: /^temperature: mean/ }).focus();
      for (const [key, afterMs] of [
        ['Home', 60_000],
        ['ArrowRight', 120_000],
        ['ArrowLeft', 60_000],
        ['ArrowLeft', 60_000],
      ] as const) {
        await page.keyboard.press(key);
        const shown = await page.locator('.readout .window').innerText();
        const [from] = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(shown) ?? [];
        expect([key, new Date(from ?? '').getTime()]).toEqual([key, minuteMs + afterMs]);
      }
      expect(troubles).toEqual([]);
    }, 60_000);

    it('zooms into single readings, and back', async () => {
      const { page } = await visit('#/devices/press-1?metric=temperature&range=1h');
      await page.locator('.readout dl').waitFor();
      await drag(page, 0.3, 0.45);
      await page.waitForURL(/from=\d+&to=\d+/);
      await page.locator('.readout.one-line strong').waitFor();
      const [, from, to] = /from=(\d+)&to=(\d+)/.exec(page.url()) ?? [];
      expect(Number(to) - Number(from)).toBeGreaterThan(7 * 60_000);
      expect(Number(to) - Number(from)).toBeLessThan(11 * 60_000);
      expect(await page.locator('.card-title .caption').innerText()).toMatch(/^\d\d readings$/);
      await page.getByRole('button', { name: 'Live' }).click();
      await page.locator('.readout dl').waitFor();
      await page.goBack();
      await page.locator('.readout.one-line strong').waitFor();
    }, 60_000);

    it('saves as CSV what the API answers', async () => {
      const { page } = await visit('#/devices/press-1?metric=temperature&range=6h&detail=10m');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('press-1-temperature.csv');
      const rows = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n')
        .slice(1);
      const windows = await allWindows(stack.analyticsUrl, token, {
        path: '/v1/devices/press-1/aggregates',
        metric: 'temperature',
        resolution: '10m',
        from: rows[0]?.split(',')[0] ?? '',
        to: rows.at(-1)?.split(',')[1] ?? '',
      });
      expect(rows.length).toBeGreaterThanOrEqual(15);
      expect(rows).toEqual(windows.map((window) => Object.values(window).map(String).join(',')));
    }, 60_000);

    it('is used with the keyboard alone, and keeps the focus on what was pressed', async () => {
      const { page, troubles } = await visit('#/devices/press-1?metric=temperature');
      const six = page.getByRole('button', { name: '6h', exact: true });
      await six.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/range=6h/);
      await page.waitForFunction(() => document.activeElement?.textContent === '6h');
      expect(await six.getAttribute('aria-pressed')).toBe('true');
      const box = page.getByLabel('pressure');
      await box.focus();
      await page.keyboard.press('Space');
      await page.waitForURL(/metric=pressure/);
      await page.waitForFunction(() => document.querySelectorAll('section.card').length === 2);
      await page.waitForFunction(() => document.activeElement?.parentElement?.textContent === 'pressure');
      expect(troubles).toEqual([]);
    }, 60_000);

    it('shows a site over all of its devices', async () => {
      const { page, troubles } = await visit('#/sites/hall-1?metric=temperature&range=1h');
      await page.getByText('2 devices').waitFor();
      await page.locator('.readout dl').waitFor();
      await page.getByRole('img', { name: /^temperature: mean/ }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const count = await page.locator('.readout dl div', { hasText: 'count' }).locator('dd').innerText();
      expect(count).toBe('8');
      expect(troubles).toEqual([]);
    }, 60_000);

    it('sends the last hour again: duplicates rise, and no window changes', async () => {
      const { page, troubles } = await visit('#/pipeline');
      const duplicates = page.locator('[data-tile="Duplicates dropped"] strong');
      await duplicates.waitFor();
      const before = toNumber(await duplicates.innerText());
      for (const device of DEVICES) await send(stack, token, [readingAt(device, Date.now())]);
      await page.getByRole('button', { name: 'Send the last hour again' }).click();
      await page.locator('.steps .good').nth(1).waitFor();
      expect(await page.locator('.steps .failure').count()).toBe(0);
      const [settled, live] = await page.locator('.steps .good').allInnerTexts();
      const [, compared] = /^([\d,]+) settled windows compared: none has changed\./.exec(settled ?? '') ?? [];
      // Three devices with two metrics each, and nearly two hours of them.
      expect(toNumber(compared ?? '0')).toBeGreaterThan(6 * 100);
      expect(live).toMatch(/^[1-9]\d* windows of the last two minutes compared, .*: none has lost a value\./);
      // All that was sent arrived within the hour: three devices, two metrics, four times a minute, 150 minutes.
      await page.waitForFunction(
        (least) =>
          Number(
            document
              .querySelector('[data-tile="Duplicates dropped"] strong')
              ?.textContent?.replaceAll(',', ''),
          ) >= least,
        before + 3_600,
      );
      expect(troubles).toEqual([]);
    }, 120_000);

    it('lists traces that lead to their pages', async () => {
      const { page, troubles } = await visit('#/traces');
      const link = page.locator('.traces tbody a').first();
      await link.waitFor();
      const address = await link.evaluate((anchor) => (anchor as HTMLAnchorElement).href);
      expect((await page.request.get(address)).status()).toBe(200);
      expect(troubles).toEqual([]);
    }, 60_000);

    it('gets another token when its own has expired', async () => {
      const mint = await TokenMint.open({ dataDir, infoUrl: stack.infoUrl });
      const past = Math.floor(Date.now() / 1_000) - 600;
      const expired = await mint.sign({ scope: 'telemetry:read', exp: past });
      const { page } = await visit('#/');
      let asked = 0;
      await page.route('**/token', async (route) => {
        asked += 1;
        if (asked > 1) return route.continue();
        return route.fulfill({ json: { access_token: expired, token_type: 'Bearer' } });
      });
      await page.reload();
      await page.locator('tbody th', { hasText: 'oven-1' }).waitFor();
      expect(asked).toBe(2);
      await page.unroute('**/token');
      await page.route('**/token', (route) => route.fulfill({ json: { access_token: expired } }));
      await page.reload();
      await page.getByRole('alert').getByText('The token is not accepted').waitFor();
    }, 60_000);

    it('says that the API is down, keeps what it has, and goes on when it is back', async () => {
      const { page } = await visit('#/');
      await page.locator('tbody th').first().waitFor();
      await page.route(`${stack.analyticsUrl}/**`, (route) => route.abort());
      await page.getByRole('alert').getByText('The API cannot be reached').waitFor();
      expect(await page.locator('tbody th').count()).toBe(3);
      await page.unroute(`${stack.analyticsUrl}/**`);
      await page.getByRole('alert').waitFor({ state: 'hidden' });
    }, 60_000);

    it('says what is not there', async () => {
      const { page } = await visit('#/nowhere');
      await page.getByText('There is no such page').waitFor();
    }, 60_000);

    const views = [
      ['fleet', '#/', 'tbody th'],
      ['device', '#/devices/oven-1?metric=temperature&metric=pressure&range=1h', '.readout dl'],
      ['readings', '#/devices/oven-1?metric=temperature&range=15m', '.readout strong'],
      ['site', '#/sites/hall-1?range=6h', '.readout dl'],
      ['pipeline', '#/pipeline', '.tile'],
      ['traces', '#/traces', '.traces tbody a'],
      ['nowhere', '#/nowhere', 'h1'],
    ] as const;
    const looks = [
      { widthPx: 360, theme: 'light' },
      { widthPx: 360, theme: 'dark' },
      { widthPx: 1_920, theme: 'light' },
      { widthPx: 1_920, theme: 'dark' },
    ] as const;

    it.each(looks)(
      'fits into $widthPx px, $theme, can be read, and is open to everybody',
      async (look) => {
        for (const device of DEVICES) await send(stack, token, [readingAt(device, Date.now())]);
        const found = [];
        for (const [name, hash, ready] of views) {
          const { page, context, troubles } = await visit(hash, look);
          await page.locator(ready).first().waitFor();
          if (name === 'pipeline') await page.waitForTimeout(4_500);
          await page.screenshot({
            path: join(screenshots, `${name}-${look.theme}-${look.widthPx}.png`),
            fullPage: true,
          });
          found.push({
            name,
            overflowPx: await overflowPx(page),
            nameless: await namelessControls(page),
            violations: await accessibilityViolations(page),
            faint: [...(await faintGraphics(page)), ...(await faintFocus(page))],
            troubles,
          });
          await context.close();
        }
        const good = { overflowPx: 0, nameless: [], violations: [], faint: [], troubles: [] };
        expect(found).toEqual(views.map(([name]) => ({ name, ...good })));
      },
      120_000,
    );
  });
});

/** Drags over a part of the first chart's width. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('The chart is not visible');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + ((from + to) / 2) * box.width, y, { steps: 4 });
  await page.mouse.move(box.x + to * box.width, y, { steps: 4 });
  await page.mouse.up();
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}
