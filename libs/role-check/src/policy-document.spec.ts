import { conditionalStatements, readPolicyDocument } from './policy-document.js';

const statement = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/*' };

describe('readPolicyDocument', () => {
  it('takes a single value for a list of one', () => {
    expect(readPolicyDocument({ Statement: { ...statement, Sid: 'Name' } }, 'p')).toEqual([
      {
        effect: 'Allow',
        actions: ['s3:PutObject'],
        resources: ['arn:aws:s3:::b/*'],
        conditional: false,
        place: 'p.Statement[0]',
      },
    ]);
  });

  it.each([
    ['no object', 'text', 'p must be an object.'],
    ['no statement', {}, 'p.Statement has no statement.'],
    ['an empty list', { Statement: [] }, 'p.Statement has no statement.'],
    ['a statement that is none', { Statement: ['x'] }, 'p.Statement[0] must be an object.'],
    ['another effect', { Statement: [{ ...statement, Effect: 'allow' }] }, 'p.Statement[0].Effect must be'],
    ['no action', { Statement: [{ ...statement, Action: [] }] }, 'p.Statement[0].Action must be a text'],
    ['no service', { Statement: [{ ...statement, Action: 'Put' }] }, 'p.Statement[0].Action has Put, which'],
    ['no resource', { Statement: [{ ...statement, Resource: [{}] }] }, 'p.Statement[0].Resource must be'],
    ['a condition of text', { Statement: [{ ...statement, Condition: 'x' }] }, 'p.Statement[0].Condition'],
    ['NotAction', { Statement: [{ ...statement, NotAction: 's3:*' }] }, 'p.Statement[0].NotAction is not'],
    ['Principal', { Statement: [statement, { ...statement, Principal: '*' }] }, 'p.Statement[1].Principal'],
  ])('refuses %s', (_name, document, message) => {
    expect(() => readPolicyDocument(document, 'p')).toThrow(message);
  });
});

describe('conditionalStatements', () => {
  it('finds those that may be about a service', () => {
    const Condition = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };
    const found = (Action: string) =>
      conditionalStatements(
        readPolicyDocument({ Statement: [{ ...statement, Action, Condition }, statement] }, 'p'),
        ['s3', 'dynamodb'],
      ).map(({ place }) => place);
    expect(found('s3:PutObject')).toEqual(['p.Statement[0]']);
    expect(found('*')).toEqual(['p.Statement[0]']);
    expect(found('kms:Decrypt')).toEqual([]);
  });
});
