import { parseProfile } from './parse-profile.js';
import { withDevices, withInterval, withPrefix } from './profile.js';

const profile = parseProfile({
  sites: [5, 4, 3].map((devices, place) => ({
    site: `s${place}`,
    model: 'M',
    prefix: `p${place}-`,
    devices,
  })),
  models: { M: [{ name: 'm', unit: '1', level: 0 }] },
  intervalSeconds: 5,
  jitterSeconds: 0.5,
  offline: { probability: 0.1, slotSeconds: 60 },
});

it.each([
  [10_000, [4_167, 3_333, 2_500]],
  [12, [5, 4, 3]],
  [4, [2, 1, 1]],
  [1, [1]],
])('%i devices are shared out as before', (devices, shares) => {
  const { groups } = withDevices(profile, devices);
  expect(groups.map((group) => group.devices)).toEqual(shares);
});

it('another interval takes jitter and offline slots with it', () => {
  expect(withInterval(profile, 500)).toMatchObject({
    intervalMs: 500,
    jitterMs: 50,
    offline: { slotMs: 6_000 },
  });
  expect(withInterval(profile, 100)).toMatchObject({ jitterMs: 10 });
});

it('another name is one for devices and sites', () => {
  expect(withPrefix(profile, 'x-').groups[1]).toEqual({
    site: 'x-s1',
    model: 'M',
    prefix: 'x-p1-',
    devices: 4,
  });
});
