import type { RunningCloud } from '../boot/boot-context.js';
import { json, problem, type Answer } from './answer.js';

/** `GET /calls`: what functions have called, each with how often and whether its role allows it. */
export function answerCalls({ calls }: RunningCloud): Answer {
  if (calls === undefined) return switchedOff;
  return json({ items: calls.list(), unlisted: calls.unlisted() });
}

/** `GET /roles`: what functions may call, by the statements of the template with everything in them resolved. */
export function answerRoles({ options }: RunningCloud): Answer {
  return options.roles === undefined ? switchedOff : json({ items: options.roles });
}

const switchedOff = problem(404, 'roles_ignored', 'The runtime was started with --ignore-roles.');
