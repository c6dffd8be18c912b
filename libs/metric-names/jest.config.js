import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'metric-names' };
