import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDashboardFiles } from './dashboard-files.js';
import { dashboardFile } from './dashboard-routes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...names: string[]): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), name);
}

describe('the files of a page', () => {
  it('are served with their types and a policy that names the analytics API alone', () => {
    write('index.html', 'assets/a.js');
    const files = readDashboardFiles(folder);
    rmSync(folder, { recursive: true });
    const script = dashboardFile(files, '/assets/a.js', 'http://127.0.0.1:4002');
    expect(script).toMatchObject({ statusCode: 200, contentType: 'text/javascript; charset=utf-8' });
    expect(String(script?.body)).toBe('assets/a.js');
    const page = dashboardFile(files, '/', 'http://127.0.0.1:4002');
    expect(String(page?.body)).toBe('index.html');
    expect(page?.headers?.['content-security-policy']).toContain("connect-src 'self' http://127.0.0.1:4002;");
  });

  it('are those of the folder and no others', () => {
    write('index.html');
    const files = readDashboardFiles(folder);
    for (const path of ['/../index.html', '/assets', '/assets/', '/index.htm', '//index.html']) {
      expect(dashboardFile(files, path, null)).toBeUndefined();
    }
    expect(dashboardFile(undefined, '/', null)).toBeUndefined();
  });

  it('include a page, are all of known types, and exist', () => {
    write('assets/a.js');
    expect(() => readDashboardFiles(folder)).toThrow(
      `The page in ${folder} cannot be served: it has no index.html.`,
    );
    write('index.html', 'program.exe');
    expect(() => readDashboardFiles(folder)).toThrow('the type of program.exe is not known');
    expect(() => readDashboardFiles(join(folder, 'missing'))).toThrow('ENOENT');
  });
});
