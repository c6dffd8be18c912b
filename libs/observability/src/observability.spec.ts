import type { Context } from 'aws-lambda';
import { createObservability, instrument, METRIC } from './index.js';

const context = { awsRequestId: 'request-1', functionName: 'f' } as Context;

function captureLines(): { lines: Record<string, unknown>[]; restore(): void } {
  const lines: Record<string, unknown>[] = [];
  const write = (chunk: unknown) => {
    for (const line of String(chunk).trim().split('\n')) lines.push(JSON.parse(line));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(write),
  );
  return { lines, restore: () => spies.forEach((spy) => spy.mockRestore()) };
}

describe('instrument', () => {
  it('writes the metrics with service and stage as dimensions', async () => {
    const captured = captureLines();
    const observability = createObservability('ingest-fn', 'dev');
    const handler = instrument(observability, async () => {
      observability.metrics.addMetric(METRIC.readingsAccepted, 'Count', 3);
      return 'done';
    });
    await expect(handler({}, context)).resolves.toBe('done');
    captured.restore();
    const emf = captured.lines.find((line) => '_aws' in line);
    expect(emf).toMatchObject({ service: 'ingest-fn', stage: 'dev', ReadingsAccepted: 3 });
  });

  it('logs an escaping error with the request id, keeps the metrics, and throws it on', async () => {
    const captured = captureLines();
    const observability = createObservability('ingest-fn', 'dev');
    const handler = instrument(observability, async () => {
      observability.metrics.addMetric(METRIC.readingsRejected, 'Count', 1);
      throw new Error('no stream');
    });
    await expect(handler({}, context)).rejects.toThrow('no stream');
    captured.restore();
    expect(captured.lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', function_request_id: 'request-1', stage: 'dev' }),
    );
    expect(captured.lines).toContainEqual(expect.objectContaining({ ReadingsRejected: 1 }));
  });

  it('does not log an error by which the handler answers', async () => {
    const captured = captureLines();
    const answer = new Error('Unauthorized');
    const handler = instrument(
      createObservability('authorizer-fn', 'dev'),
      () => Promise.reject(answer),
      (error) => error === answer,
    );
    await expect(handler({}, context)).rejects.toBe(answer);
    captured.restore();
    expect(captured.lines).toEqual([]);
  });

  it('tells of every line the request, the version of the function, and keeps to one line whatever it says', async () => {
    const captured = captureLines();
    const observability = createObservability('ingest-fn', 'dev');
    const told = 'two\r\n{"level":"ERROR"}\u2028';
    const handler = instrument(observability, async () => observability.logger.info('Told.', { told }));
    await handler({}, { ...context, functionVersion: '7' });
    captured.restore();
    expect(captured.lines).toEqual([
      expect.objectContaining({
        function_request_id: 'request-1',
        function_version: '7',
        message: 'Told.',
        told,
      }),
    ]);
  });
});
