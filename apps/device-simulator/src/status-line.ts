/** Where a command's state is shown to people. */
export interface StatusOutput {
  write(text: string): void;
  /** True on a terminal: one line that is written over and over. Otherwise a line every so often. */
  rewrites: boolean;
}

/** A line that says how far a command is. */
export interface StatusLine {
  /** Shows the state, if it is time to. */
  show(): void;
  /** Shows the state in any case, in a line that stays. */
  conclude(): void;
  /** Writes a line that stays, between two states. */
  line(text: string): void;
  /** Leaves the cursor at the start of a line. */
  end(): void;
}

export const LINE_EVERY_MS = 5_000;

/**
 * @param state what is shown
 * @param lineEveryMs how often, where nothing is written over
 */
export function createStatusLine(
  state: () => string,
  output: StatusOutput,
  clock: () => number,
  lineEveryMs = LINE_EVERY_MS,
): StatusLine {
  let shownAtMs = clock();
  let lineIsOpen = false;
  const end = (): void => {
    if (lineIsOpen) output.write('\r\u001b[K');
    lineIsOpen = false;
  };
  const line = (text: string): void => {
    end();
    output.write(`${text}\n`);
  };
  return {
    show: () => {
      if (output.rewrites) {
        output.write(`\r${state()}\u001b[K`);
        lineIsOpen = true;
      } else if (clock() - shownAtMs >= lineEveryMs) {
        shownAtMs = clock();
        line(state());
      }
    },
    conclude: () => line(state()),
    line,
    end,
  };
}
