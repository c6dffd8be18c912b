/** A whole answer of the info server. */
export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is a file, of text or not. */
export interface FileAnswer extends Omit<Answer, 'body'> {
  readonly body: Buffer;
}

export function json(value: unknown): Answer {
  return { statusCode: 200, contentType: 'application/json', body: `${JSON.stringify(value, null, 2)}\n` };
}

export function html(page: string): Answer {
  return { statusCode: 200, contentType: 'text/html; charset=utf-8', body: page };
}

/** https://www.rfc-editor.org/rfc/rfc9457 */
export function problem(status: number, code: string, detail: string): Answer {
  const body = `${JSON.stringify({ status, code, title: detail })}\n`;
  return { statusCode: status, contentType: 'application/problem+json', body };
}
