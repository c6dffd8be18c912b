import { stageConfig, stages } from './stage-config.js';
import { makeWorkbench, templatesOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;

beforeAll(() => {
  bench = makeWorkbench();
});

afterAll(() => bench.remove());

/**
 * The template without what changes with every bundle, and with every word of a contract: the bodies of the gateways have
 * a test of their own, `gateway-body.spec.ts`.
 */
function steadyPart(template: object): unknown {
  const text = JSON.stringify(template, (key, value: unknown) => (key === 'Body' ? '<gateway body>' : value))
    .replaceAll(/[0-9a-f]{64}\.zip/g, '<hash>.zip')
    .replaceAll(/(Deployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');
  return JSON.parse(text);
}

/** A change that nobody meant shows here, with the whole of what would be deployed: `npx jest -u` takes it over. */
describe.each(stages)('what is deployed in %s', (stage) => {
  it.each(['data', 'service'] as const)('is this: the %s stack', (stack) => {
    const config = stageConfig(stage);
    const template = templatesOf(bench.app(config, stage), config)[stack];
    expect(steadyPart(template.toJSON())).toMatchSnapshot();
  });
});
