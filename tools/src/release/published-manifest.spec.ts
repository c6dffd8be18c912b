import { publishedManifest, repositoryOf } from './published-manifest.js';

describe('publishedManifest', () => {
  it('leaves out what only this repository can use, and says where it comes from', () => {
    const manifest = {
      name: '@weir/a',
      version: '1.0.0',
      sideEffects: false,
      exports: {
        '.': { '@weir/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
        './testing': { '@weir/source': './src/testing.ts' },
        './deep': { node: { '@weir/source': './src/deep.ts' }, default: './dist/deep.js' },
        './internal/*': null,
        './package.json': './package.json',
      },
      scripts: { prepublishOnly: 'exit 1' },
      dependencies: { b: '^1.0.0' },
      devDependencies: { c: '*' },
      weir: { bundleGzipBytesMax: 1 },
    };

    expect(publishedManifest(manifest, { gitHead: 'abc' })).toEqual({
      name: '@weir/a',
      version: '1.0.0',
      sideEffects: false,
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './deep': { default: './dist/deep.js' },
        './internal/*': null,
        './package.json': './package.json',
      },
      dependencies: { b: '^1.0.0' },
      gitHead: 'abc',
    });
  });
});

describe('repositoryOf', () => {
  it('is the repository of the workflow', () => {
    const environment = { GITHUB_SERVER_URL: 'https://github.example', GITHUB_REPOSITORY: 'weir/weir' };

    expect(repositoryOf(environment, 'libs/a')).toEqual({
      type: 'git',
      url: 'git+https://github.example/weir/weir.git',
      directory: 'libs/a',
    });
  });

  it('is not known elsewhere', () => {
    expect(repositoryOf({}, 'libs/a')).toBeUndefined();
  });
});
