import { decide, type StageState } from './due.js';

const state: StageState = {
  deployed: 'aaa',
  head: 'bbb',
  deployedIsAncestor: true,
  affected: () => false,
  force: false,
};

function notAsked(): boolean {
  throw new Error('there was no need to ask');
}

describe('whether a stage is to be deployed', () => {
  it.each<[string, Partial<StageState>, boolean]>([
    ['something that it runs has changed', { affected: () => true }, true],
    ['nothing that it runs has changed', {}, false],
    [
      'nothing was deployed before',
      { deployed: undefined, deployedIsAncestor: false, affected: notAsked },
      true,
    ],
    ['the commit is deployed already', { head: 'aaa', affected: notAsked }, false],
    ['a newer commit is deployed', { deployedIsAncestor: false, affected: notAsked }, false],
    ['a rollback is asked for', { deployedIsAncestor: false, affected: notAsked, force: true }, true],
  ])('%s', (_name, differences, due) => {
    expect(decide({ ...state, ...differences }).due).toBe(due);
  });
});
