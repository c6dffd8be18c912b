import { TabMemory } from './tab-memory.js';

function memory(stored: Record<string, string> = {}) {
  const entries = new Map(Object.entries(stored));
  const storage = {
    getItem: (name: string) => entries.get(name) ?? null,
    setItem: (name: string, text: string) => void entries.set(name, text),
    removeItem: (name: string) => void entries.delete(name),
  };
  return { memory: new TabMemory(storage), entries };
}

describe('TabMemory', () => {
  it('remembers until it is told to forget', () => {
    const { memory: tab, entries } = memory();
    tab.keep('weir-tokens', { accessToken: 'a', grantedAtMs: 1 });
    tab.keep('weir-signed-out', { note: '' });
    expect(tab.read('weir-tokens')).toEqual({ accessToken: 'a', grantedAtMs: 1 });
    expect(tab.read('weir-signed-out')).toEqual({ note: '' });
    tab.forget('weir-tokens', 'weir-signed-out');
    expect(tab.read('weir-tokens')).toBeUndefined();
    expect(entries.size).toBe(0);
  });

  it.each([
    '',
    '{',
    'null',
    '"text"',
    '{"accessToken":1,"grantedAtMs":1}',
    '{"accessToken":"a"}',
    '{"accessToken":"a","grantedAtMs":1,"refreshToken":null}',
    '{"accessToken":"a","grantedAtMs":1,"expiresAtMs":"later"}',
  ])('takes %j for nothing', (text) => {
    expect(memory({ 'weir-tokens': text }).memory.read('weir-tokens')).toBeUndefined();
  });
});
