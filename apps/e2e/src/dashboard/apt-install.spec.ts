import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from './apt-install.js';

describe('aptInstall', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'weir-apt-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** A program in the place of apt-get that writes down how it was called, and fails in some of its commands. */
  function aptGetFailingAt(...commands: string[]): string[] {
    const script = join(dir, 'apt-get.cjs');
    writeFileSync(
      script,
      `const args = process.argv.slice(2);
      const { DEBIAN_FRONTEND } = process.env;
      require('node:fs').appendFileSync(${JSON.stringify(join(dir, 'calls'))}, JSON.stringify({ DEBIAN_FRONTEND, args }) + '\\n');
      const failed = ${JSON.stringify(commands)}.find((command) => args.includes(command));
      if (failed === undefined) process.exit(0);
      console.error('E: no ' + failed);
      process.exitCode = 100;`,
    );
    return [process.execPath, script];
  }

  function calls(): unknown[] {
    const lines = readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n');
    return lines.map((text): unknown => JSON.parse(text));
  }

  it('updates the list and installs, asks nothing, and waits for another installation', () => {
    expect(aptInstall(aptGetFailingAt(), ['a', 'b'])).toBeUndefined();
    const first = ['-o', 'DPkg::Lock::Timeout=120'];
    const DEBIAN_FRONTEND = 'noninteractive';
    expect(calls()).toEqual([
      { DEBIAN_FRONTEND, args: [...first, 'update'] },
      { DEBIAN_FRONTEND, args: [...first, 'install', '-y', '--no-install-recommends', 'a', 'b'] },
    ]);
  });

  it('installs although the list cannot be updated', () => {
    expect(aptInstall(aptGetFailingAt('update'), ['a'])).toBeUndefined();
    expect(calls()).toHaveLength(2);
  });

  it('says what each failed step said', () => {
    expect(aptInstall(aptGetFailingAt('install'), ['a'])).toBe(
      'apt-get install ended with 100:\nE: no install',
    );
    expect(aptInstall(aptGetFailingAt('update', 'install'), ['a'])).toBe(
      'apt-get update ended with 100:\nE: no update\napt-get install ended with 100:\nE: no install',
    );
  });

  it('says that there is no such program', () => {
    expect(aptInstall([join(dir, 'missing')], ['a'])).toMatch(
      /apt-get install did not run to its end:\n.*ENOENT/,
    );
  });
});
