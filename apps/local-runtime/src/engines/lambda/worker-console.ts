import { format } from 'node:util';

const levels = [
  ['log', 'INFO'],
  ['info', 'INFO'],
  ['debug', 'DEBUG'],
  ['trace', 'TRACE'],
  ['warn', 'WARN'],
  ['error', 'ERROR'],
] as const;

/**
 * Makes the global `console` write lines as Lambda's Node.js runtime does: tab-separated time, request id, level and message,
 * or one JSON object in the JSON log format. A console that the function builds on `process.stdout` itself stays untouched.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole(
  target: Console,
  write: (line: string) => void,
  logFormat: 'Text' | 'JSON',
  requestId: () => string | undefined,
): void {
  for (const [method, level] of levels) {
    target[method] = (...values: unknown[]) => {
      const message = format(...values);
      const timestamp = new Date().toISOString();
      const id = requestId();
      if (logFormat === 'JSON') {
        write(`${JSON.stringify({ timestamp, level, requestId: id, message })}\n`);
      } else {
        // A line break would end the log event; Lambda keeps one message one event by carriage returns.
        write(`${timestamp}\t${id ?? 'undefined'}\t${level}\t${message.replaceAll('\n', '\r')}\n`);
      }
    };
  }
}
