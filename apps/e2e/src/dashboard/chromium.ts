import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { aptInstall } from './apt-install.js';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** One at a time: spec files run beside each other, and the lock of apt-get's list is one that it does not wait for. */
const APT_GET = ['/usr/bin/flock', join(tmpdir(), 'weir-chromium.lock'), '/usr/bin/apt-get'];

/**
 * The program of a Chromium: what `WEIR_CHROMIUM` names, or what is installed; Debian's is installed where that is possible
 * without asking, as in a container. Undefined where there is none to be had, which is said, with what the installation said.
 */
export function findChromium(): string | undefined {
  const named = process.env['WEIR_CHROMIUM'];
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`WEIR_CHROMIUM names ${named}, which is not there.`);
    return named;
  }
  const before = installed();
  if (before !== undefined) return before;
  const failure = mayInstall() ? aptInstall(APT_GET, ['chromium', 'fonts-dejavu-core']) : undefined;
  const found = installed();
  if (found === undefined) {
    process.stderr.write(
      '\n*** NO CHROMIUM: the tests of the dashboard in a browser are SKIPPED. Install one, or name it in WEIR_CHROMIUM. ***\n' +
        `${failure ?? ''}\n`,
    );
  }
  return found;
}

function installed(): string | undefined {
  return places.find((place) => existsSync(place));
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/flock');
}

export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
