import { RecordLedger } from './record-ledger.js';

describe('RecordLedger', () => {
  it('has a record finished once all its pieces are, and one without pieces at once', () => {
    const ledger = new RecordLedger(4);
    ledger.expect([3, 0]);
    ledger.expect([0, 1]);
    expect(ledger.unfinished()).toEqual([0, 1, 3]);
    ledger.finish([0, 1]);
    expect(ledger.unfinished()).toEqual([0, 3]);
    ledger.finish([3, 0]);
    expect(ledger.unfinished()).toEqual([]);
  });

  it('refuses to finish what was not announced', () => {
    expect(() => new RecordLedger(1).finish([0])).toThrow('record 0 has no open piece of work');
  });
});
