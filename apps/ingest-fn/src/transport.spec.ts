import { ProblemError } from '@weir/telemetry-schema';
import { telemetryResponse } from './transport.js';

describe('telemetryResponse', () => {
  it('promises nothing while an envelope is not durable: 503, to be sent again', () => {
    const outcome = { accepted: 2, rejected: [], envelopes: 2, publishing: { failed: 1, retries: 5 } };
    const respond = () => telemetryResponse(outcome, 'r1');
    expect(respond).toThrow(ProblemError);
    expect(respond).toThrow(
      expect.objectContaining({
        code: 'not_durable',
        status: 503,
        options: expect.objectContaining({ retryAfterSeconds: 1 }),
      }),
    );
  });

  it('answers 403 only where the token is the reason for every rejection', () => {
    const publishing = { failed: 0, retries: 0 };
    const notAllowed = { index: 0, code: 'device_not_allowed' as const, detail: 'd' };
    const malformed = { index: 1, code: 'invalid_reading' as const, detail: 'd' };
    const statusOf = (rejected: readonly (typeof notAllowed | typeof malformed)[]) =>
      telemetryResponse({ accepted: 0, rejected, envelopes: 0, publishing }, 'r1').status;
    expect(statusOf([notAllowed])).toBe(403);
    expect(statusOf([notAllowed, malformed])).toBe(422);
  });
});
