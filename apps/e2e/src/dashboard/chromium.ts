import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The program of a Chromium: what `WEIR_CHROMIUM` names, or what is installed; Debian's is installed where that is possible
 * without asking, as in a container. Undefined where there is none to be had, which is said.
 */
export function findChromium(): string | undefined {
  const named = process.env['WEIR_CHROMIUM'];
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`WEIR_CHROMIUM names ${named}, which is not there.`);
    return named;
  }
  const found = installed() ?? (mayInstall() && install() ? installed() : undefined);
  if (found === undefined) {
    process.stderr.write(
      '\n*** NO CHROMIUM: the tests of the dashboard in a browser are SKIPPED. Install one, or name it in WEIR_CHROMIUM. ***\n\n',
    );
  }
  return found;
}

function installed(): string | undefined {
  return places.find((place) => existsSync(place));
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function install(): boolean {
  const apt = (...args: string[]): boolean =>
    spawnSync('/usr/bin/apt-get', args, { stdio: 'ignore' }).status === 0;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
}

export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
