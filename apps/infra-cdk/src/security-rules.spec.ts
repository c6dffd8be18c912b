import { Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks, type NagPack } from 'cdk-nag';
import { stageConfig, stages } from './stage-config.js';
import { makeWorkbench, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;

beforeAll(() => {
  bench = makeWorkbench();
});

afterAll(() => bench.remove());

const packsOf = (app: App): NagPack[] => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

interface Acknowledgement {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

/** What is acknowledged anywhere in the application, and where. */
function acknowledgements(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      // CDK puts the kind of the rule before its id: `Annotation::AwsSolutions-S1`.
      .map(([id, reason]) => ({ path: node.path, rule: id.replace(/^[A-Za-z]+::/, ''), reason })),
  );
}

/** What breaks a rule, as `path rule`; with `acknowledged` also what is excused. */
function findings(app: App, options: { acknowledged: boolean }): string[] {
  return packsOf(app).flatMap((pack) => {
    if (options.acknowledged) Object.defineProperty(pack, 'isAcknowledged', { value: () => false });
    return pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${constructPath} ${ruleName}`),
      );
  });
}

describe.each(stages)('the rules of cdk-nag (AwsSolutions, Serverless) in %s', (stage) => {
  it('hold, warnings included, or have a reason not to', () => {
    expect(findings(bench.app(stageConfig(stage), 'checked'), { acknowledged: false })).toEqual([]);
  });

  it('let the application be synthesised', () => {
    const app = bench.app(stageConfig(stage), `${stage}-checked`);
    Validations.of(app).addPlugins(...packsOf(app));
    expect(() => app.synth()).not.toThrow();
  });

  it('are excused at the resource, in one line, and only where they are broken', () => {
    const app = bench.app(stageConfig(stage), 'excused');
    const broken = findings(app, { acknowledged: true });
    const excused = acknowledgements(app);
    expect(excused.length).toBeGreaterThan(0);
    for (const { path, reason } of excused) {
      expect(path.split('/').length).toBeGreaterThan(1);
      expect(reason).toMatch(/^[^\n]{20,160}$/);
    }
    const needless = excused.filter(
      ({ path, rule }) => !broken.some((finding) => finding.startsWith(path) && finding.endsWith(` ${rule}`)),
    );
    expect(needless).toEqual([]);
  });
});
