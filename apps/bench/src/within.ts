/**
 * What `work` comes to.
 *
 * @param phase what is done, for the error
 * @throws Error naming the phase where it takes longer than `seconds` of real time, so that nothing hangs in silence; the work
 *   itself is not stopped
 */
export async function within<Result>(seconds: number, phase: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${phase}: not done within ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
