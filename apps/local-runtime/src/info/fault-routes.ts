import type { IncomingMessage } from 'node:http';
import type { FaultInjector } from '../faults/fault-injector.js';
import { FaultPlanError, parseFaultPlan } from '../faults/parse-plan.js';
import { json, problem, type Answer } from './answer.js';
import { readBody } from './request-body.js';

/** Far above any plan. */
const planBytesMax = 1_048_576;

/**
 * `GET /faults` shows the plan, its seed and what was applied; `POST` puts another plan into force; `DELETE` ends it.
 *
 * @param injector undefined in a runtime that was started without fault injection
 */
export async function answerFaults(
  injector: FaultInjector | undefined,
  request: IncomingMessage,
): Promise<Answer> {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD') {
    return json({ enabled: injector !== undefined, ...(injector?.state() ?? { plan: null }) });
  }
  if (method !== 'POST' && method !== 'DELETE') {
    return problem(405, 'method_not_allowed', 'Only GET, POST and DELETE are answered here.');
  }
  if (injector === undefined) {
    return problem(
      409,
      'faults_not_enabled',
      'This runtime injects no faults: start it with --faults PLAN.json or --fault-seed N.',
    );
  }
  if (method === 'DELETE') {
    await injector.end();
    return json({ enabled: true, ...injector.state() });
  }
  return replacePlan(injector, request);
}

async function replacePlan(injector: FaultInjector, request: IncomingMessage): Promise<Answer> {
  // A web page of somebody else's can send other types to this port without being asked for permission.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return problem(415, 'unsupported_media_type', 'A fault plan is sent as application/json.');
  }
  const text = await readBody(request, planBytesMax);
  if (text === undefined) return problem(413, 'too_large', `A fault plan has at most ${planBytesMax} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem(400, 'invalid_json', 'The fault plan is not JSON.');
  }
  try {
    await injector.replace(parseFaultPlan(value));
  } catch (error) {
    if (error instanceof FaultPlanError) return problem(400, error.code, error.message);
    throw error;
  }
  return json({ enabled: true, ...injector.state() });
}
