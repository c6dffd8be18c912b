import { checkRoles, type RecordedCall } from './check-roles.js';
import { readPolicyDocument } from './policy-document.js';

const call = (overrides: Partial<RecordedCall> = {}): RecordedCall => ({
  functionName: 'f',
  action: 's3:PutObject',
  resource: 'arn:aws:s3:::b/key',
  ...overrides,
});

function check(statements: object[], calls: RecordedCall[]): string[] {
  const role = {
    functionName: 'f',
    roleName: 'r',
    statements: readPolicyDocument({ Statement: statements }, 'stack/Role: Policies[0]'),
  };
  return checkRoles([role], calls).map(({ message }) => message);
}

const put = { Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::b/*'] };

describe('checkRoles', () => {
  it('has nothing to say where grants and calls are the same', () => {
    expect(check([put], [call()])).toEqual([]);
  });

  it('names function, action and resource of a call without a grant', () => {
    expect(check([put], [call(), call({ action: 's3:GetObject' })])).toEqual([
      'f calls s3:GetObject on arn:aws:s3:::b/key, which its role does not allow.',
    ]);
    expect(check([put], [call(), call({ functionName: 'g' })])).toEqual([
      'g calls s3:PutObject on arn:aws:s3:::b/key, which its role does not allow.',
    ]);
  });

  it('names the statement that denies a call', () => {
    expect(check([put, { ...put, Effect: 'Deny' }], [call()])).toEqual([
      'f calls s3:PutObject on arn:aws:s3:::b/key, which stack/Role: Policies[0].Statement[1] denies.',
    ]);
  });

  it('names every grant that no call of its own function needs', () => {
    const more = { ...put, Action: ['s3:PutObject', 's3:GetObject'], Resource: ['arn:aws:s3:::b/*', 'x'] };
    expect(check([more], [call(), call({ functionName: 'g', action: 's3:GetObject' })]).slice(1)).toEqual([
      'f may call s3:PutObject on x, and never does (stack/Role: Policies[0].Statement[0]).',
      'f may call s3:GetObject on arn:aws:s3:::b/*, and never does (stack/Role: Policies[0].Statement[0]).',
      'f may call s3:GetObject on x, and never does (stack/Role: Policies[0].Statement[0]).',
    ]);
  });

  it('counts an action with a wildcard as unused', () => {
    expect(check([{ ...put, Action: 's3:Put*' }], [call()])).toEqual([
      'f may call s3:Put* on arn:aws:s3:::b/*, and never does (stack/Role: Policies[0].Statement[0]).',
    ]);
  });
});
