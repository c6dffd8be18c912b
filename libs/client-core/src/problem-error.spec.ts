import { problemFrom } from './problem-error.js';

describe('problemFrom', () => {
  it('takes everything a problem document says', () => {
    const body = {
      type: 'https://weir.dev/problems/invalid_parameter',
      title: 'A parameter is invalid',
      status: 400,
      code: 'invalid_parameter',
      requestId: 'r-1',
      errors: [{ field: 'resolution', reason: 'must be one of 1m, 10m, 1h, 1d' }],
    };

    const error = problemFrom(400, JSON.stringify(body));

    expect(error).toMatchObject({
      name: 'WeirProblemError',
      status: 400,
      code: 'invalid_parameter',
      title: 'A parameter is invalid',
      errors: body.errors,
      requestId: 'r-1',
      body,
    });
    expect(error.message).toBe(
      '400 invalid_parameter: A parameter is invalid: resolution must be one of 1m, 10m, 1h, 1d',
    );
  });

  it.each(['<html>Bad gateway</html>', '', '[1]', '{"code": 7, "errors": [{"field": 1}]}'])(
    'makes do with a body that is no problem document: %p',
    (text) => {
      const error = problemFrom(502, text);

      expect(error.code).toBe('http_502');
      expect(error.message).toBe('502 http_502: The server answered with status 502');
      expect(error.errors).toEqual([]);
    },
  );
});
