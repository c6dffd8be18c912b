import { setTimeout as sleep } from 'node:timers/promises';
import { createNamespace, destroyNamespace, getNamespace } from './continuation-local-storage.js';

describe('the storage of the current segment', () => {
  it('keeps concurrent continuations apart, each seeing what was set outside', async () => {
    const namespace = createNamespace('concurrent');
    namespace.enter(namespace.createContext());
    namespace.set('trace', 't1');
    const work = (segment: string, pauseMs: number) =>
      namespace.runAndReturn(async () => {
        namespace.set('segment', segment);
        await sleep(pauseMs);
        return [namespace.get('trace'), namespace.get('segment')];
      });
    await expect(Promise.all([work('a', 5), work('b', 1)])).resolves.toEqual([
      ['t1', 'a'],
      ['t1', 'b'],
    ]);
    expect(namespace.get('segment')).toBeUndefined();
  });

  it('binds a callback to where it was made', () => {
    const namespace = createNamespace('bound');
    let read = (): unknown => undefined;
    namespace.run(() => {
      namespace.set('segment', 'inner');
      read = namespace.bind(() => namespace.get('segment'));
    });
    expect(namespace.get('segment')).toBeUndefined();
    expect(read()).toBe('inner');
  });

  it('has no context before one is entered, and none after it is left', () => {
    const namespace = createNamespace('empty');
    expect(() => namespace.set('segment', 1)).toThrow('No context available');
    namespace.enter(namespace.createContext());
    namespace.set('segment', 1);
    namespace.exit();
    expect(namespace.get('segment')).toBeUndefined();
  });

  it('is found by its name until it is destroyed', () => {
    const namespace = createNamespace('named');
    expect(getNamespace('named')).toBe(namespace);
    destroyNamespace('named');
    expect(getNamespace('named')).toBeUndefined();
  });
});
