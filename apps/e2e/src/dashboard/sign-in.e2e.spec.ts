import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { freePortBase, root, startStack, type LocalStack } from '@weir/local-stack';
import { accessibilityViolations, faintFocus } from './accessibility.js';
import { findChromium, startChromium } from './chromium.js';
import { DEVICES, readingAt, register, send } from './fleet-data.js';
import { startIdentityProvider, type IdentityProvider, type ProviderPolicy } from './identity-provider.js';
import { serveSite, type StaticSite } from './static-site.js';

const dist = join(root, 'apps/dashboard/dist');
const WAIT_MS = 30_000;
const usual: ProviderPolicy = { accessTokenSeconds: 600, refreshTokens: true, audience: 'weir' };
const view = '#/devices/oven-1?metric=temperature&range=1h';

const program = findChromium();
const inBrowser = program === undefined ? describe.skip : describe;

inBrowser('signing in at an OpenID provider', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-sign-in-'));
  let site: StaticSite;
  let provider: IdentityProvider;
  let stack: LocalStack;
  let browser: Browser;
  let person: Person;

  beforeAll(async () => {
    site = await serveSite(dist, await freePortBase());
    provider = await startIdentityProvider(site.url, usual);
    const trust = [
      ...['--parameter', `TokenIssuer=${provider.issuer}`],
      ...['--parameter', `TokenJwksUri=${provider.jwksUri}`],
    ];
    [stack, browser] = await Promise.all([
      startStack({ dataDir, portBase: await freePortBase(), args: trust }),
      startChromium(program ?? ''),
    ]);
    const token = await provider.machineToken();
    await register(stack, token);
    await send(
      stack,
      token,
      DEVICES.map((device) => readingAt(device, Date.now())),
    );
  }, 120_000);

  beforeEach(async () => {
    await provider.change(usual);
    configure({});
    person = await Person.arrive(browser, site);
  });

  afterEach(() => person.leave());

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await provider?.stop();
    await site?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  function configure(changes: Record<string, string | undefined>): void {
    const back = encodeURIComponent(site.url);
    const access = {
      kind: 'oauth',
      issuer: provider.issuer,
      authorizeUrl: `${provider.issuer}/auth`,
      tokenUrl: `${provider.issuer}/token`,
      revokeUrl: `${provider.issuer}/token/revocation`,
      signOutUrl: `${provider.issuer}/session/end?client_id=dashboard&post_logout_redirect_uri=${back}`,
      clientId: 'dashboard',
      scope: 'telemetry:read',
      ...changes,
    };
    site.configure({ analyticsUrl: stack.analyticsUrl, access }, [stack.analyticsUrl, provider.issuer]);
  }

  it('leads to the issuer and back to the view that was asked for', async () => {
    const { page } = person;
    await page.goto(`${site.url}${view}`);
    await page.waitForURL(`${provider.issuer}/**`);
    const { searchParams } = new URL(
      person.seen.find((url) => url.startsWith(`${provider.issuer}/auth?`)) ?? '',
    );
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'dashboard',
      redirect_uri: site.url,
      scope: 'telemetry:read',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    await person.signIn();
    await page.locator('.readout dl').waitFor();
    expect(page.url()).toBe(`${site.url}${view}`);
    expect(await page.getByRole('link', { name: 'Pipeline' }).count()).toBe(0);
    expect(person.troubles).toEqual([]);
  }, 60_000);

  it('keeps tokens out of addresses and the console, and within the tab', async () => {
    const { page } = person;
    await person.openAndSignIn();
    const { accessToken, refreshToken } = await person.tokens();
    expect(accessToken.split('.')).toHaveLength(3);
    expect(refreshToken).toMatch(/./);
    const code = person.seen
      .map((url) => new URL(url).searchParams.get('code'))
      .find((value) => value !== null);
    expect(code).toMatch(/./);
    const secrets = [accessToken, refreshToken ?? ''];
    const told = [...person.seen, ...person.console, ...site.requests, page.url()];
    expect(told.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    const history = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect([...history, page.url()].filter((url) => url.includes(code ?? ''))).toEqual([]);
    expect(await page.evaluate(() => [Object.keys(localStorage), document.cookie])).toEqual([[], '']);
    await page.reload();
    await person.fleet();
    expect((await person.tokens()).accessToken).toBe(accessToken);
    const other = await person.context.newPage();
    await other.goto(site.url);
    // A tab of its own signs in for itself; the provider knows who it is.
    await other.locator('tbody th', { hasText: 'oven-1' }).waitFor();
    expect(await other.evaluate(() => sessionStorage.getItem('weir-tokens'))).not.toContain(accessToken);
  }, 60_000);

  it('renews an expired token by the refresh token, without leaving the page', async () => {
    await provider.change({ ...usual, accessTokenSeconds: 4 });
    await person.openAndSignIn();
    const first = await person.tokens();
    await provider.change(usual);
    const leaving = person.seen.filter((url) => url.startsWith(`${provider.issuer}/auth`)).length;
    await person.page.waitForFunction(
      (token) => !sessionStorage.getItem('weir-tokens')?.includes(token),
      first.accessToken,
    );
    await person.fleet();
    const second = await person.tokens();
    // The provider gives a refresh token for one use.
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(person.seen.filter((url) => url.startsWith(`${provider.issuer}/auth`))).toHaveLength(leaving);
    await expectAlert(person.page, 0);
  }, 60_000);

  it.each([
    ['where the issuer gives no refresh token', { ...usual, refreshTokens: false }, false],
    ['where the refresh token was revoked', usual, true],
  ])(
    'signs in anew %s, and comes back to the same view',
    async (_case, policy, revoked) => {
      await provider.change({ ...policy, accessTokenSeconds: 4 });
      await person.openAndSignIn(view);
      const first = await person.tokens();
      if (revoked) await person.revoke(`${provider.issuer}/token/revocation`, first.refreshToken ?? '');
      await provider.change(policy);
      // The provider still knows the person. With the token it has forgotten what they consented to.
      if (revoked) await person.consent();
      await person.page.waitForFunction(
        (token) => sessionStorage.getItem('weir-tokens')?.includes(token) === false,
        first.accessToken,
      );
      await person.page.locator('.readout dl').waitFor();
      expect(person.page.url()).toBe(`${site.url}${view}`);
    },
    60_000,
  );

  it('takes nothing from an answer with another state', async () => {
    const { page } = person;
    await page.route(`${provider.issuer}/auth?**`, async (route) => {
      const question = new URL(route.request().url());
      question.searchParams.set('state', 'of-somebody-else');
      await route.continue({ url: question.href });
      await page.unroute(`${provider.issuer}/auth?**`);
    });
    await page.goto(site.url);
    await person.signIn();
    await page.getByRole('alert').getByText('belongs to no sign-in that was begun in this tab').waitFor();
    expect(page.url()).toBe(site.url);
    expect(person.seen.filter((url) => url === `${provider.issuer}/token`)).toEqual([]);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await person.fleet();
  }, 60_000);

  it('takes no code twice, nor one that nobody here has asked for', async () => {
    await person.page.goto(`${site.url}?code=planted&state=planted&error_description=call+this+number`);
    await person.page.getByRole('alert').waitFor();
    expect(await person.page.locator('main').innerText()).not.toContain('call this number');
    expect(person.seen.filter((url) => url === `${provider.issuer}/token`)).toEqual([]);
    await person.page.getByRole('button', { name: 'Sign in' }).click();
    await person.signIn();
    await person.fleet();
    const answer = person.seen.find((url) => url.startsWith(`${site.url}?code=`) && !url.includes('planted'));
    await person.page.goto(answer ?? '');
    await person.page.getByRole('alert').getByText('belongs to no sign-in').waitFor();
  }, 60_000);

  it('says that consent was denied, and lets the person try again', async () => {
    const { page } = person;
    await page.goto(`${site.url}${view}`);
    await person.logIn();
    await page.getByRole('link', { name: 'Cancel' }).click();
    const alert = page.getByRole('alert');
    await alert
      .getByText('The sign-in was cancelled or denied. It says: “End-User aborted interaction”')
      .waitFor();
    await page.getByText('Sign in again, with an account that may read telemetry.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([await accessibilityViolations(page), await faintFocus(page)]).toEqual([[], []]);
    }
    expect(page.url()).toBe(`${site.url}${view}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await person.consent();
    await page.locator('.readout dl').waitFor();
  }, 60_000);

  it('names what the issuer refuses, and who can correct it', async () => {
    const { page } = person;
    configure({ scope: 'telemetry:read devices:write' });
    await page.goto(site.url);
    await page
      .getByRole('alert')
      .getByText('does not give the scope “telemetry:read devices:write”')
      .waitFor();
    configure({ issuer: 'https://id.example' });
    await page.goto(site.url);
    await person.signIn();
    await page.getByRole('alert').getByText('unexpected "iss"').waitFor();
    configure({ tokenUrl: `${provider.issuer}/nowhere` });
    await page.goto(site.url);
    // An answer without CORS headers is none.
    await page
      .getByRole('alert')
      .getByText(/The issuer at .* cannot be reached/)
      .waitFor();
    await page.getByText('may not allow requests from this page (CORS)').waitFor();
  }, 60_000);

  it('does not sign in again and again where the API refuses what the issuer gives', async () => {
    await provider.change({ ...usual, audience: 'somebody-else' });
    const { page } = person;
    await page.goto(site.url);
    await person.signIn();
    await page
      .getByRole('alert')
      .getByText('The API refuses the token that the issuer has just given.')
      .waitFor();
    const asked = person.seen.length;
    await page.waitForTimeout(6_000);
    expect(person.seen.slice(asked).filter((url) => url.startsWith(provider.issuer))).toEqual([]);
  }, 60_000);

  it('signs out: here, at the issuer, and for the refresh token', async () => {
    const { page } = person;
    await person.openAndSignIn();
    const { refreshToken } = await person.tokens();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(page.url()).toBe(site.url);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['weir-signed-out']);
    const again = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'dashboard',
        refresh_token: refreshToken ?? '',
      }),
    });
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    await page.reload();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The provider asks who it is.
    await page.getByPlaceholder('Enter any login').waitFor();
  }, 60_000);

  it('signs out where the issuer is told nothing', async () => {
    configure({ signOutUrl: undefined, revokeUrl: `${provider.issuer}/nowhere` });
    await person.openAndSignIn();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await person.page.getByText('The issuer could not be told').waitFor();
  }, 60_000);
});

async function expectAlert(page: Page, count: number): Promise<void> {
  expect(await page.getByRole('alert').filter({ visible: true }).count()).toBe(count);
}

interface KeptTokens {
  accessToken: string;
  refreshToken?: string;
}

/** Somebody with a browser of their own, and everything that could be seen over their shoulder. */
class Person {
  /** Addresses of all requests. */
  readonly seen: string[] = [];
  readonly console: string[] = [];
  /** Errors of the page's scripts, and requests that its policy does not allow. */
  readonly troubles: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly site: StaticSite,
  ) {
    page.setDefaultTimeout(WAIT_MS);
    page.on('request', (request) => this.seen.push(request.url()));
    page.on('console', (message) => {
      this.console.push(message.text());
      if (message.type() === 'error' && page.url().startsWith(site.url)) this.troubles.push(message.text());
    });
    page.on('pageerror', (error) => this.troubles.push(String(error)));
  }

  static async arrive(browser: Browser, site: StaticSite): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
    // The provider's pages ask for a font, which is not there to be had.
    await context.route(
      ({ hostname }) => hostname !== '127.0.0.1',
      (route) => route.fulfill({ status: 204 }),
    );
    return new Person(context, await context.newPage(), site);
  }

  leave(): Promise<void> {
    return this.context.close();
  }

  /** Says who they are to the provider. */
  async logIn(): Promise<void> {
    await this.page.getByPlaceholder('Enter any login').fill('ada');
    await this.page.getByPlaceholder('and password').fill('of-no-matter');
    await this.page.getByRole('button', { name: 'Sign-in' }).click();
  }

  async consent(): Promise<void> {
    await this.page.getByRole('button', { name: 'Continue' }).click();
  }

  async signIn(): Promise<void> {
    await this.logIn();
    await this.consent();
  }

  async openAndSignIn(hash = ''): Promise<void> {
    await this.page.goto(`${this.site.url}${hash}`);
    await this.signIn();
    if (hash === '') await this.fleet();
    else await this.page.locator('.readout dl').waitFor();
  }

  async fleet(): Promise<void> {
    await this.page.locator('tbody th', { hasText: 'oven-1' }).waitFor();
  }

  async tokens(): Promise<KeptTokens> {
    const text = await this.page.evaluate(() => sessionStorage.getItem('weir-tokens'));
    return JSON.parse(text ?? 'null') as KeptTokens;
  }

  async revoke(url: string, refreshToken: string): Promise<void> {
    const body = new URLSearchParams({ client_id: 'dashboard', token: refreshToken });
    const response = await fetch(url, { method: 'POST', body });
    if (!response.ok) throw new Error(`The revocation was answered with ${response.status}`);
  }
}
