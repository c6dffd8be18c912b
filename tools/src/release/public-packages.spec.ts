import type { Manifest } from './manifest.js';
import { publicPackages } from './public-packages.js';
import type { WorkspacePackage } from './public-packages.js';

function makePackage(name: string, manifest: Partial<Manifest> = {}): WorkspacePackage {
  return { folder: `/weir/libs/${name}`, manifest: { name, version: '1.2.0', ...manifest } };
}

const names = (packages: readonly WorkspacePackage[]): string[] =>
  packages.map(({ manifest }) => manifest.name);

describe('publicPackages', () => {
  it('puts each package after those that it depends on, and leaves private ones out', () => {
    const packages = [
      makePackage('c', { dependencies: { b: '^1.0.0', lodash: '*' } }),
      makePackage('b', { peerDependencies: { a: '~1.2.0' } }),
      makePackage('app', { private: true, dependencies: { c: '*' } }),
      makePackage('a', { devDependencies: { app: '*' } }),
    ];

    expect(names(publicPackages(packages))).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, WorkspacePackage[]]>([
    [
      'a depends on core@^1.0.0, which is private and never published',
      [makePackage('a', { dependencies: { core: '^1.0.0' } }), makePackage('core', { private: true })],
    ],
    [
      'a depends on b@^1.0.0, but the workspace has 2.0.0: the range must say so, as ^2.0.0 does',
      [makePackage('a', { dependencies: { b: '^1.0.0' } }), makePackage('b', { version: '2.0.0' })],
    ],
    ['a depends on b@*, but', [makePackage('a', { dependencies: { b: '*' } }), makePackage('b')]],
    [
      'Packages depend on each other: a → b → a',
      [
        makePackage('a', { dependencies: { b: '^1.0.0' } }),
        makePackage('b', { optionalDependencies: { a: '^1.0.0' } }),
      ],
    ],
  ])('refuses: %s', (message, packages) => {
    expect(() => publicPackages(packages)).toThrow(message);
  });
});
