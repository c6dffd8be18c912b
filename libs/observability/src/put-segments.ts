/** Documents that one request of X-Ray's API takes. */
const DOCUMENTS_MAX = 50;

/**
 * Puts segment documents (JSON texts) through X-Ray's API. The client is only loaded when it is needed, which is hardly ever.
 *
 * @throws what the client throws, or an Error naming the documents that X-Ray refused
 * @see https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html
 */
export async function putSegments(documents: readonly string[]): Promise<void> {
  const { XRayClient, PutTraceSegmentsCommand } = await import('./xray-client.js');
  const client = new XRayClient({ maxAttempts: 2 });
  try {
    for (let next = 0; next < documents.length; next += DOCUMENTS_MAX) {
      const part = documents.slice(next, next + DOCUMENTS_MAX);
      const answer = await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: part }));
      const refused = answer.UnprocessedTraceSegments ?? [];
      if (refused.length > 0) throw new Error(`X-Ray refused segments: ${JSON.stringify(refused)}`);
    }
  } finally {
    client.destroy();
  }
}
