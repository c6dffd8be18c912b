import { within } from './within.js';

it('answers what the work comes to, or its error', async () => {
  await expect(within(60, 'adding', Promise.resolve(3))).resolves.toBe(3);
  await expect(within(60, 'adding', Promise.reject(new Error('no sum')))).rejects.toThrow('no sum');
});

it('names the phase that hangs', async () => {
  const hanging = new Promise(() => undefined);
  await expect(within(0.01, 'delivery 3 of 60', hanging)).rejects.toThrow(
    'delivery 3 of 60: not done within 0.01 s',
  );
});
