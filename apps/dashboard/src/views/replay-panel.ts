import { element, fill } from '../element.js';
import { failureText } from '../failure.js';
import { formatCount } from '../format.js';
import type { LocalRuntime } from '../local-runtime.js';
import { pipelineTotals } from '../pipeline-history.js';
import { compareWindows, rememberWindows } from '../replay-check.js';
import type { WindowComparison } from '../replay-check.js';
import type { ViewContext } from './view.js';

const MINUTES = 60;
const LOOK_AGAIN_MS = 500;

type Say = (text: string, kind?: 'good' | 'failure') => void;

/** Sends the last hour again and shows what that changed: duplicates, and no window. */
export function replayPanel(context: ViewContext, info: LocalRuntime, signal: AbortSignal): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'primary', id: 'replay' },
    'Send the last hour again',
  );
  const steps = element('ol', { class: 'steps', role: 'status' });
  const say: Say = (text, kind) => steps.append(element('li', { class: kind }, text));
  button.addEventListener('click', () => {
    button.disabled = true;
    fill(steps);
    demonstrate(context, info, say, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) say(failureText(error), 'failure');
      })
      .finally(() => {
        button.disabled = false;
      });
  });
  return element(
    'section',
    { class: 'card', 'aria-label': 'Send the last hour again' },
    element('h2', {}, 'Is it exact?'),
    element(
      'p',
      {},
      'Everything that arrived within the last hour is put into the stream a second time, while the fleet goes on sending. ' +
        'Each of its points is then a duplicate, and no window may change by it.',
    ),
    button,
    steps,
  );
}

async function demonstrate(
  { client, clock }: ViewContext,
  info: LocalRuntime,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock();
  const memory = await rememberWindows(client, untilMs, signal);
  const windows = memory.series.reduce((sum, series) => sum + series.windows.length, 0);
  const duplicatesBefore = pipelineTotals(await info.metrics(signal)).pointsDuplicate;
  say(`${formatCount(windows)} one-minute windows of the last two hours are remembered.`);
  const { records } = await info.replay(MINUTES, signal);
  say(`${formatCount(records)} records were put into the stream again.`);
  await untilProcessed(info, signal);
  const duplicates = pipelineTotals(await info.metrics(signal)).pointsDuplicate - duplicatesBefore;
  say(`All of them are processed: ${formatCount(duplicates)} points were duplicates and left out.`);
  const after = await rememberWindows(client, untilMs, signal);
  sayComparison(compareWindows(memory, after.series), say);
}

/** What was compared, and what came of it. */
function sayComparison({ settled, live, broken }: WindowComparison, say: Say): void {
  const [first] = broken;
  if (first !== undefined) {
    const all = formatCount(settled + live);
    return say(
      `${formatCount(broken.length)} of ${all} windows break a promise, the first: ${first}.`,
      'failure',
    );
  }
  say(
    `${formatCount(settled)} settled windows compared: none has changed. Every statistic is the same, no version fell, ` +
      'and what was final still is.',
    'good',
  );
  say(
    `${formatCount(live)} windows of the last two minutes compared, into which the fleet goes on sending: none has lost a ` +
      'value. No count, maximum or version fell, no minimum rose, and what was final still is.',
    'good',
  );
}

/** Until nothing is left in the stream of what was put before. A fleet that sends all the time is waited for as well. */
async function untilProcessed(info: LocalRuntime, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { stream } = await info.state(signal);
    if (stream?.records === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    signal.throwIfAborted();
  }
}
