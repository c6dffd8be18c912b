import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesisedAssembly } from '@weir/local-stack';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}
type Properties = Record<string, unknown>;

/**
 * Copies the synthesised assembly into `folder`, and changes two times in its templates that a test would wait for: the
 * archive is written without a delay, and records are given up after one retry.
 */
export function copyHastyAssembly(folder: string): void {
  cpSync(synthesisedAssembly, folder, { recursive: true });
  let changes = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Template;
    for (const { Type: type, Properties: properties } of Object.values(template.Resources)) {
      if (type === 'AWS::Lambda::EventSourceMapping') properties['MaximumRetryAttempts'] = 1;
      else if (type === 'AWS::KinesisFirehose::DeliveryStream') {
        const destination = properties['ExtendedS3DestinationConfiguration'] as Properties;
        (destination['BufferingHints'] as Properties)['IntervalInSeconds'] = 0;
      } else continue;
      changes += 1;
    }
    writeFileSync(join(folder, name), JSON.stringify(template));
  }
  if (changes !== 2) throw new Error(`${changes} resources of the templates were changed, not 2`);
}
