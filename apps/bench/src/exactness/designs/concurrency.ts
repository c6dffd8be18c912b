/** Requests that a design has under way at once: as many as process-fn works on devices by default. */
export const CONCURRENCY = 16;
