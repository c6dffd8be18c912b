import type { JsonObject } from '../assembly/template.js';
import { planTemplates } from '../testing/synthetic-assembly.js';
import { functionRoles } from './function-roles.js';

const lambda = (role: JsonObject | string): JsonObject => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: 'f', Role: role },
});
const put: JsonObject = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' };
const document = (...statements: JsonObject[]): JsonObject => ({ Statement: statements });

function rolesOf(role: JsonObject, more: JsonObject = {}) {
  const plan = planTemplates({
    test: {
      Resources: {
        F: lambda({ 'Fn::GetAtt': ['Role', 'Arn'] }),
        Role: { Type: 'AWS::IAM::Role', Properties: role },
        ...more,
      },
    },
  });
  expect(plan.problems).toEqual([]);
  return functionRoles(plan);
}

describe('functionRoles', () => {
  it('gathers the statements of a role and of the policies that name it, resolved', () => {
    const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't' } };
    const inTable = { ...put, Resource: { 'Fn::Sub': '${Table.Arn}/index/*' } };
    const roles = rolesOf(
      {
        RoleName: 'r',
        Policies: [{ PolicyName: 'p', PolicyDocument: document(put) }],
        ManagedPolicyArns: [{ Ref: 'Managed' }],
      },
      {
        Table: table,
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'q', PolicyDocument: document(inTable), Roles: [{ Ref: 'Role' }] },
        },
        Other: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'o', PolicyDocument: document(put), Roles: ['another'] },
        },
        Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document(put) } },
      },
    );
    expect(roles).toHaveLength(1);
    expect(roles[0]).toMatchObject({ functionName: 'f', roleName: 'r' });
    expect(roles[0]?.statements.map(({ resources, place }) => [resources, place])).toEqual([
      [['*'], 'test/Role: Policies[0].PolicyDocument.Statement[0]'],
      [
        ['arn:aws:dynamodb:eu-west-1:000000000000:table/t/index/*'],
        'test/Policy: PolicyDocument.Statement[0]',
      ],
      [['*'], 'test/Managed: PolicyDocument.Statement[0]'],
    ]);
  });

  it('knows nothing of a role that stands elsewhere', () => {
    const plan = planTemplates({ test: { Resources: { F: lambda('arn:aws:iam::1:role/x') } } });
    expect(functionRoles(plan)).toEqual([]);
  });

  it('refuses conditions on calls that it judges, and no others', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } };
    const policies = (statement: JsonObject) => ({
      Policies: [{ PolicyName: 'p', PolicyDocument: document(put, { ...statement, Condition }) }],
    });
    expect(() => rolesOf(policies(put))).toThrow(
      'test/Role: Policies[0].PolicyDocument.Statement[1]: Condition: conditions are not judged.',
    );
    expect(rolesOf(policies({ ...put, Action: 'kms:Decrypt' }))).toHaveLength(1);
  });

  it('refuses what it does not understand, with its place', () => {
    const NotAction = 's3:*';
    const policy = { PolicyName: 'p', PolicyDocument: document({ ...put, NotAction }) };
    expect(() => rolesOf({ Policies: [policy] })).toThrow(
      'test/Role: Policies[0].PolicyDocument.Statement[0].NotAction is not understood.',
    );
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(() => rolesOf({ ManagedPolicyArns: [admin] })).toThrow(
      `test/Role: ManagedPolicyArns: what ${admin} says is not known here.`,
    );
  });
});
