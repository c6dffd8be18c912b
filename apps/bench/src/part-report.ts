/** What was aimed at, and how far it was reached. */
export interface Goal {
  readonly goal: string;
  readonly met: boolean;
  readonly figure: string;
}

/** What the document says of one part of the benchmark; every figure is of the result it is given. */
export interface PartReport<Result> {
  /** Blocks of Markdown under one heading or more. */
  section(result: Result): string[];
  goals(result: Result): Goal[];
}
