/**
 * Keeps which records of a batch are finished: a record is, once every piece of work that carries something of it is.
 *
 * A piece that failed, or was never begun, is simply never reported, so its records stay unfinished. A piece may be split
 * up on the way: its parts are announced before it is itself reported as finished.
 */
export class RecordLedger {
  private readonly pieces = new Map<number, number>();

  /** @param recordCount records are named by their index in the batch, from 0 */
  constructor(private readonly recordCount: number) {}

  /** Announces one more piece of work for each of `records`. */
  expect(records: Iterable<number>): void {
    for (const record of records) this.pieces.set(record, (this.pieces.get(record) ?? 0) + 1);
  }

  /** Reports one piece of work as finished, with the records that it was announced for. */
  finish(records: Iterable<number>): void {
    for (const record of records) {
      const left = this.pieces.get(record) ?? 0;
      if (left === 0) throw new Error(`record ${record} has no open piece of work`);
      this.pieces.set(record, left - 1);
    }
  }

  /** The indexes of the records that are not finished, in the order of the batch. */
  unfinished(): number[] {
    return Array.from({ length: this.recordCount }, (_, record) => record).filter(
      (record) => (this.pieces.get(record) ?? 0) > 0,
    );
  }
}
