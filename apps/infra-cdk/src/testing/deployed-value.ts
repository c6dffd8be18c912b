import type { Template } from 'aws-cdk-lib/assertions';

interface TemplateBody {
  readonly Parameters: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
}

/** Works out values of a template as CloudFormation would. */
export interface Deployment {
  /** What resources tell of themselves is written as `<LogicalId>` and `<LogicalId.Attribute>`, pseudo parameters as `<AWS::Region>`. */
  valueOf(value: unknown): unknown;
  /** Whether a condition holds. */
  holds(condition: string): boolean;
}

/**
 * A deployment of the template with the given parameters, and the defaults of the others.
 *
 * @throws Error for an intrinsic function that no template of this project uses where it is read by tests.
 */
export function deploymentOf(
  template: Template,
  parameters: Readonly<Record<string, string>> = {},
): Deployment {
  const body = template.toJSON() as TemplateBody;
  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => reference(String(name)),
    Condition: (name) => holds(String(name)),
    'Fn::GetAtt': (path) => `<${(path as string[]).join('.')}>`,
    'Fn::Sub': (text) =>
      String(text).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(reference(name))),
    'Fn::Join': (argument) => {
      const [delimiter, items] = argument as [string, unknown[]];
      return items.map((item) => String(valueOf(item))).join(delimiter);
    },
    'Fn::Select': (argument) => {
      const [index, items] = argument as [number, unknown];
      const found = (valueOf(items) as unknown[])[index];
      if (found === undefined) throw new Error(`Fn::Select finds no item ${index}`);
      return found;
    },
    'Fn::Split': (argument) => {
      const [delimiter, text] = argument as [string, unknown];
      return String(valueOf(text)).split(delimiter);
    },
    'Fn::If': (argument) => {
      const [condition, then, otherwise] = argument as [string, unknown, unknown];
      return valueOf(holds(condition) ? then : otherwise);
    },
    'Fn::Equals': (argument) => {
      const [one, other] = argument as [unknown, unknown];
      return valueOf(one) === valueOf(other);
    },
    'Fn::Not': (argument) => valueOf((argument as unknown[])[0]) !== true,
    'Fn::Or': (argument) => (argument as unknown[]).some((item) => valueOf(item) === true),
  };

  function reference(name: string): unknown {
    return parameters[name] ?? body.Parameters[name]?.Default ?? `<${name}>`;
  }

  function holds(condition: string): boolean {
    return valueOf(body.Conditions[condition]) === true;
  }

  function valueOf(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(valueOf);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
      const work = functions[name];
      if (work === undefined) throw new Error(`${name} is not known here`);
      return work(argument);
    }
    const members = Object.entries(value).map(([key, item]) => [key, valueOf(item)] as const);
    return Object.fromEntries(members.filter(([, item]) => item !== '<AWS::NoValue>'));
  }

  return { valueOf, holds };
}
