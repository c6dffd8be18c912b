import { releaseOptions } from './options.js';

const REGISTRY = ['--registry', 'https://registry.example'];

describe('releaseOptions', () => {
  it.each([
    [REGISTRY, { version: true, publish: true, dryRun: false }],
    [['publish', ...REGISTRY], { version: false, publish: true, dryRun: false }],
    [['version'], { version: true, publish: false, dryRun: false }],
    [['--dry-run'], { version: true, publish: true, dryRun: true }],
  ])('reads %p', (args, expected) => {
    expect(releaseOptions(args)).toMatchObject(expected);
  });

  it('gives the registry one form', () => {
    expect(releaseOptions(REGISTRY).registry).toBe('https://registry.example/');
  });

  it.each([
    [['publsh'], 'The step is version or publish, not "publsh"'],
    [['version', 'publish'], 'One step at most, not "version publish"'],
    [['publish'], '--registry is missing'],
    [['--registry', 'example'], '--registry must be an absolute http or https URL, not "example"'],
    [['--registry', 'file:///etc'], '--registry must be an absolute http or https URL, not "file:///etc"'],
    [['--force'], "'--force'"],
  ])('refuses %p', (args, message) => {
    expect(() => releaseOptions(args)).toThrow(message);
  });
});
