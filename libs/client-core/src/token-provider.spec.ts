import { createTokenProvider } from './token-provider.js';

describe('createTokenProvider', () => {
  it('asks once for requests that start together, and again once a token is refused', async () => {
    let asked = 0;
    const tokens = createTokenProvider(() => Promise.resolve(`token-${++asked}`));

    expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(['token-1', 'token-1']);
    expect(tokens.refuse('token-1')).toBe(true);
    expect(await tokens.current()).toBe('token-2');
    expect(tokens.refuse('token-1')).toBe(true);
    expect(await tokens.current()).toBe('token-2');
  });

  it('asks again after the function failed', async () => {
    let asked = 0;
    const tokens = createTokenProvider(() =>
      ++asked === 1 ? Promise.reject(new Error('login is down')) : Promise.resolve('token'),
    );

    await expect(tokens.current()).rejects.toThrow('login is down');
    expect(await tokens.current()).toBe('token');
  });

  it('has no other token than a string', () => {
    expect(createTokenProvider('fixed').refuse('fixed')).toBe(false);
  });
});
