/** A request as the gateway has received it, its body complete and free of content coding where the API decodes. */
export interface ApiRequest {
  readonly method: string;
  /** Raw path, still percent-encoded. */
  readonly path: string;
  readonly query: readonly NameValue[];
  /** In the order and spelling of the client, with what the gateway adds. */
  readonly headers: readonly NameValue[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
}

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** The last value of a header, whatever its spelling. */
export function headerOf(headers: readonly NameValue[], name: string): string | undefined {
  const lower = name.toLowerCase();
  return headers.findLast((header) => header.name.toLowerCase() === lower)?.value;
}

/** The last value of a query parameter. */
export function queryOf(query: readonly NameValue[], name: string): string | undefined {
  return query.findLast((parameter) => parameter.name === name)?.value;
}

/** The parameters of a query string, decoded (`+` is a space). */
export function parseQuery(search: string): NameValue[] {
  return [...new URLSearchParams(search)].map(([name, value]) => ({ name, value }));
}

const hopByHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Pairs Node's flat list of raw headers, and leaves out those that concern the connection only. */
export function parseRawHeaders(rawHeaders: readonly string[]): NameValue[] {
  const headers: NameValue[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!hopByHop.has(name.toLowerCase())) headers.push({ name, value: rawHeaders[index + 1] ?? '' });
  }
  return headers;
}

/** Replaces a header, or adds it. */
export function withHeader(headers: readonly NameValue[], name: string, value: string): NameValue[] {
  const lower = name.toLowerCase();
  return [...headers.filter((header) => header.name.toLowerCase() !== lower), { name, value }];
}
