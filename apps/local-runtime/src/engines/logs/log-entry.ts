/** A line of a file that the log collector keeps. */
export interface LogEntry {
  /** The function, API or engine that it comes from. */
  readonly source: string;
  /** RFC 3339, as far as the line tells. */
  readonly time: string;
  /** The invocation or request that it belongs to. */
  readonly requestId: string | undefined;
  /** What was logged: the message of a function, or the whole entry of an access log. */
  readonly message: string;
  /** The line as it is kept. */
  readonly line: string;
}

/** Reads a kept line. One that was cut off, or is something else, is its own message. */
export function parseLogEntry(source: string, line: string): LogEntry {
  const members = membersOf(line);
  const { time, requestTimeEpoch, requestId, message } = members ?? {};
  return {
    source,
    time: typeof time === 'string' ? time : timeText(requestTimeEpoch),
    requestId: typeof requestId === 'string' ? requestId : undefined,
    message: typeof message === 'string' ? message : line,
    line,
  };
}

function timeText(timeMs: unknown): string {
  return typeof timeMs === 'number' && Math.abs(timeMs) < 8.64e15 ? new Date(timeMs).toISOString() : '';
}

/** What Powertools adds to every line, and what the beginning of the shown line tells already. */
const constantMembers = new Set(
  'level message timestamp service stage cold_start function_arn function_memory_size function_name function_request_id function_version sampling_rate xray_trace_id'.split(
    ' ',
  ),
);

/**
 * An entry as one line for people: time, source, level and message, then what else it tells, as JSON. Control characters are
 * shown as escapes, so that no message can pass for another one or move the cursor.
 */
export function shownEntry({ source, time, message }: LogEntry): string {
  const members = membersOf(message);
  const text =
    members === undefined ? message : isMetrics(members) ? metricsText(members) : lineText(members);
  // Lambda's own lines have tabs between their fields.
  return `${time} ${source} ${escapeControls(text.replaceAll('\t', '  '))}`;
}

function lineText(members: Readonly<Record<string, unknown>>): string {
  const { level, message } = members;
  if (typeof message !== 'string') return JSON.stringify(members);
  const others = Object.entries(members).filter(([name]) => !constantMembers.has(name));
  const rest = others.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(others))}`;
  return `${typeof level === 'string' ? `${level} ` : ''}${message}${rest}`;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function isMetrics(members: Readonly<Record<string, unknown>>): boolean {
  return typeof members['_aws'] === 'object';
}

function metricsText({ _aws, ...members }: Readonly<Record<string, unknown>>): string {
  return `METRICS ${JSON.stringify(members)}`;
}

function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function membersOf(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
