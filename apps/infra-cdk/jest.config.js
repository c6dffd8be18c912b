import preset from '../../jest.preset.js';

// A synthesis takes seconds, and longer on a busy machine.
export default { ...preset, displayName: 'infra-cdk', testTimeout: 60_000 };
