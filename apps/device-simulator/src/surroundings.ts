/** What a command takes from the process that it runs in. */
export interface Surroundings {
  /** Aborted when the command is to stop. */
  signal: AbortSignal;
  /** Now, in epoch milliseconds. */
  clock(): number;
  /** Resolves after `durationMs`; rejects when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Writes a message to people (standard error). */
  writeLine(line: string): void;
  /** Writes raw text to people, for lines that are rewritten. */
  writeMessage(text: string): void;
  /** Writes a result (standard output). */
  writeResult(text: string): void;
  /** True when messages go to a terminal. */
  messagesToTerminal: boolean;
}
