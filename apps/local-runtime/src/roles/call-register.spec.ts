import { readPolicyDocument } from '@weir/role-check';
import { CallRegister, refusalMessage } from './call-register.js';

const put = { action: 'dynamodb:PutItem', resource: 'table/t' };
const get = { ...put, action: 'dynamodb:GetItem' };

function register(statements: object[]): { calls: CallRegister; told: string[] } {
  const told: string[] = [];
  const role = {
    functionName: 'f',
    roleName: 'r',
    statements: readPolicyDocument({ Statement: statements }, 'p'),
  };
  return { calls: new CallRegister([role], (refusal) => told.push(refusalMessage(refusal))), told };
}

const allow = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });

describe('CallRegister', () => {
  it('counts calls by function, action and resource', () => {
    const { calls } = register([allow('dynamodb:*')]);
    for (const needs of [[put], [put, get], [get], [put]]) expect(calls.admit('f', needs)).toBeUndefined();
    expect(calls.list()).toEqual([
      { functionName: 'f', ...get, count: 2, allowed: true },
      { functionName: 'f', ...put, count: 3, allowed: true },
    ]);
    expect(calls.refusedCount()).toBe(0);
  });

  it('refuses what a role does not allow each time, and tells of it once', () => {
    const { calls, told } = register([allow('dynamodb:PutItem')]);
    for (const _ of [1, 2]) {
      expect(calls.admit('f', [put, get])).toMatchObject({ ...get, roleName: 'r', explicit: false });
    }
    expect(told).toEqual(['f is refused dynamodb:GetItem on table/t, which its role r does not allow.']);
    expect(calls.refusedCount()).toBe(2);
    expect(calls.list()).toContainEqual({ functionName: 'f', ...get, count: 2, allowed: false });
  });

  it('tells what is denied from what is not allowed', () => {
    const { calls, told } = register([allow('*'), { ...allow('dynamodb:PutItem'), Effect: 'Deny' }]);
    expect(calls.admit('f', [put])).toMatchObject({ explicit: true });
    expect(told).toEqual(['f is refused dynamodb:PutItem on table/t, which its role r denies.']);
  });

  it('holds a function whose role is not known to nothing', () => {
    const { calls } = register([allow('s3:*')]);
    expect(calls.admit('g', [put])).toBeUndefined();
    expect(calls.list()).toEqual([{ functionName: 'g', ...put, count: 1, allowed: true }]);
  });

  it('keeps a bounded number of lines, and refuses beyond it all the same', () => {
    const { calls } = register([allow('s3:PutObject')]);
    for (let index = 0; index < 10_010; index += 1) {
      expect(calls.admit('f', [{ action: 's3:PutObject', resource: `b/${index}` }])).toBeUndefined();
    }
    expect(calls.admit('f', [put])).toBeDefined();
    expect(calls.list()).toHaveLength(10_000);
    expect(calls.unlisted()).toBe(11);
  });
});
