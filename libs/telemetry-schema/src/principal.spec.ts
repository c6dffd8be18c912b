import { mayAccessDevice, type Principal } from './principal.js';

function makePrincipal(devices?: string[]): Principal {
  return { subject: 's', scopes: new Set(), expiresAtMs: 0, ...(devices === undefined ? {} : { devices }) };
}

describe('mayAccessDevice', () => {
  it('allows every device to a token that is bound to none', () => {
    expect(mayAccessDevice(makePrincipal(), 'boiler-1')).toBe(true);
  });

  it('allows ids and prefixes, and nothing to an empty list', () => {
    const principal = makePrincipal(['boiler-*', 'pump-1']);
    expect(
      ['boiler-', 'boiler-9', 'pump-1', 'pump-10', 'xboiler-1', 'boiler'].map((id) =>
        mayAccessDevice(principal, id),
      ),
    ).toEqual([true, true, true, false, false, false]);
    expect(mayAccessDevice(makePrincipal([]), 'boiler-1')).toBe(false);
    expect(mayAccessDevice(makePrincipal(['*']), 'boiler-1')).toBe(true);
  });
});
