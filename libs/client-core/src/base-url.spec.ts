import { normaliseBaseUrl } from './base-url.js';

describe('normaliseBaseUrl', () => {
  it('takes trailing slashes off', () => {
    expect(normaliseBaseUrl('http://127.0.0.1:4002//')).toBe('http://127.0.0.1:4002');
    expect(normaliseBaseUrl('https://api.example.com/weir')).toBe('https://api.example.com/weir');
  });

  it.each(['', '/v1', 'localhost:4002', 'ftp://example.com'])('refuses %p', (baseUrl) => {
    expect(() => normaliseBaseUrl(baseUrl)).toThrow(`not "${baseUrl}"`);
  });
});
