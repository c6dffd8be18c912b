/**
 * Makes `Date` of this process wrong by a number of milliseconds. What measures spans of time (`performance.now()`, timers)
 * stays right, as it does on a machine whose clock is wrong.
 *
 * @param skewMs added to the time; negative is late
 */
export function skewClock(skewMs: number): void {
  const RealDate = Date;
  const skewedNow = (): number => RealDate.now() + skewMs;
  const Skewed = new Proxy(RealDate, {
    apply: () => new RealDate(skewedNow()).toString(),
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [skewedNow()] : args, newTarget) as object,
    get: (target, name) => (name === 'now' ? skewedNow : (Reflect.get(target, name) as unknown)),
  });
  RealDate.prototype.constructor = Skewed;
  globalThis.Date = Skewed;
}

/** Tells a worker by how much its clock is to be wrong; the function does not see it. */
export const clockSkewVariable = 'WEIR_CLOCK_SKEW_MS';
