const MachineDate = Date;
let nowMs = 0;

class SimulatedDate extends MachineDate {
  constructor(...values: [] | ConstructorParameters<typeof Date>) {
    if (values.length === 0) super(nowMs);
    else super(...values);
  }

  static override now(): number {
    return nowMs;
  }
}

/** Sets the time for everything in this process, so that a run does not depend on the hour at which it is started. */
export function setTime(timeMs: number): void {
  nowMs = timeMs;
  globalThis.Date = SimulatedDate as DateConstructor;
}
