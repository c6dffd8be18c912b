import type { IncomingMessage } from 'node:http';

/**
 * Reads the body of a request as text; undefined when it has more than `bytesMax` bytes. What is too large is read to its
 * end all the same, so that the client hears the answer, but not kept.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= bytesMax) chunks.push(chunk);
  }
  return sizeBytes <= bytesMax ? Buffer.concat(chunks).toString() : undefined;
}
