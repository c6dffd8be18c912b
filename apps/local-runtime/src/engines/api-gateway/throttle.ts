export interface ThrottleLimit {
  /** Requests a second that are added to the bucket. */
  readonly rateLimit: number;
  /** The most requests that the bucket holds. */
  readonly burstLimit: number;
}

/**
 * A token bucket, as API Gateway throttles a stage or a method; full at the start.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class TokenBucket {
  private tokens: number;
  private filledMs: number;

  constructor(
    private readonly limit: ThrottleLimit,
    private readonly clock: () => number,
  ) {
    this.tokens = limit.burstLimit;
    this.filledMs = clock();
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    const nowMs = this.clock();
    const added = (Math.max(0, nowMs - this.filledMs) / 1000) * this.limit.rateLimit;
    this.tokens = Math.min(this.limit.burstLimit, this.tokens + added);
    this.filledMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/** The stage's bucket, and one for each method that has limits of its own (key `METHOD /resource/path`). */
export class Throttle {
  private readonly stage: TokenBucket | undefined;
  private readonly methods = new Map<string, TokenBucket>();

  constructor(
    stage: ThrottleLimit | undefined,
    methods: Readonly<Record<string, ThrottleLimit>>,
    clock: () => number,
  ) {
    this.stage = stage === undefined ? undefined : new TokenBucket(stage, clock);
    for (const [key, limit] of Object.entries(methods)) this.methods.set(key, new TokenBucket(limit, clock));
  }

  /** Whether a request to this method may pass now. A method's own limits replace the stage's. */
  admits(method: string, resourcePath: string): boolean {
    const bucket =
      this.methods.get(`${method} ${resourcePath}`) ?? this.methods.get(`* ${resourcePath}`) ?? this.stage;
    return bucket?.take() ?? true;
  }
}
