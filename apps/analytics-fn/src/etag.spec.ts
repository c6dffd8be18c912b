import { etagOf, namesEtag } from './etag.js';

describe('etags', () => {
  it('are strong, equal for equal bodies only', () => {
    expect(etagOf('a')).toMatch(/^"[A-Za-z0-9_-]+"$/);
    expect(etagOf('a')).toBe(etagOf('a'));
    expect(etagOf('a')).not.toBe(etagOf('b'));
  });

  it('are found in every form of If-None-Match', () => {
    const etag = etagOf('a');
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, `"x",W/${etag} , "y"`, '*', ' * ']) {
      expect(namesEtag(header, etag)).toBe(true);
    }
    for (const header of ['', '"x"', etag.slice(1, -1), `${etag.slice(0, -2)}"`, '"*"']) {
      expect(namesEtag(header, etag)).toBe(false);
    }
  });
});
