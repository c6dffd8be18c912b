import { judge } from './judgement.js';
import { readPolicyDocument } from './policy-document.js';

const table = 'arn:aws:dynamodb:eu-west-1:000000000000:table/t';

function judgeBy(statements: object[], action: string, resource: string): string {
  const document = { Version: '2012-10-17', Statement: statements };
  return judge(readPolicyDocument(document, 'p'), { action, resource }).verdict;
}

describe('judge', () => {
  it.each([
    ['the very action', 'dynamodb:PutItem', table, 'allowed'],
    ['actions regardless of case', 'DynamoDB:putitem', table, 'allowed'],
    ['an asterisk', 'dynamodb:Put*', table, 'allowed'],
    ['every action', '*', '*', 'allowed'],
    ['a question mark for one character', 'dynamodb:PutIte?', 'arn:aws:dynamodb:*:table/?', 'allowed'],
    ['an asterisk that has to be tried again', 'dynamodb:*tItem', 'arn:*:table/t', 'allowed'],
    ['an asterisk for nothing', 'dynamodb:PutItem*', `${table}*`, 'allowed'],
    ['another action', 'dynamodb:GetItem', table, 'notAllowed'],
    ['an action that only begins so', 'dynamodb:Put', table, 'notAllowed'],
    ['another resource', 'dynamodb:PutItem', `${table}/index/i`, 'notAllowed'],
    ['a resource in another case', 'dynamodb:PutItem', table.toUpperCase(), 'notAllowed'],
    ['a question mark for no character', 'dynamodb:PutItem?', table, 'notAllowed'],
    ['a dot, which is no wildcard', 'dynamodb:PutItem', 'arn.aws.dynamodb*', 'notAllowed'],
  ])('matches %s', (_name, Action, Resource, verdict) => {
    expect(judgeBy([{ Effect: 'Allow', Action, Resource }], 'dynamodb:PutItem', table)).toBe(verdict);
  });

  it('lets what denies win, wherever it stands', () => {
    const allow = { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' };
    const deny = { Effect: 'Deny', Action: ['dynamodb:DeleteItem'], Resource: [table] };
    for (const statements of [
      [allow, deny],
      [deny, allow],
    ]) {
      expect(judgeBy(statements, 'dynamodb:DeleteItem', table)).toBe('denied');
      expect(judgeBy(statements, 'dynamodb:GetItem', table)).toBe('allowed');
    }
  });

  it('takes an action without resources as allowed on all of them alone', () => {
    const one = { Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: 'arn:aws:xray:*' };
    expect(judgeBy([one], 'xray:PutTraceSegments', '*')).toBe('notAllowed');
    expect(judgeBy([{ ...one, Resource: '*' }], 'xray:PutTraceSegments', '*')).toBe('allowed');
  });

  it('refuses to judge where a condition decides, with its place', () => {
    const conditional = {
      Effect: 'Allow',
      Action: 'dynamodb:PutItem',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    };
    expect(() => judgeBy([conditional], 'dynamodb:PutItem', table)).toThrow(
      `p.Statement[0].Condition decides about dynamodb:PutItem on ${table}, and conditions are not judged.`,
    );
    expect(judgeBy([conditional], 'dynamodb:GetItem', table)).toBe('notAllowed');
  });
});
