/** A call whose answer says 200 although some of its entries were not done. */
export interface PartialCall {
  readonly failedEntries: number;
  /** The call with the other entries; undefined when none is left, so that there is nothing to ask of the engine. */
  readonly request: Buffer | undefined;
  /** The answer to the whole call, from the engine's to the request (undefined when there was none). */
  merge(answer: Buffer | undefined): Buffer;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether calls of an operation have entries of which some can fail. */
export function hasEntries(operation: string): boolean {
  return operation === 'PutRecords' || operation === 'BatchGetItem';
}

/**
 * Takes the entries that are to fail out of a call. Undefined when the operation has no entries, its body cannot be read,
 * or no entry fails.
 *
 * @param fails whether the entry at an index (0, 1, …, over all tables) fails
 * @param putError what the answer says of a failed entry of PutRecords
 */
export function failEntries(
  operation: string,
  body: Buffer,
  fails: (entryIndex: number) => boolean,
  putError: (entryIndex: number) => object = failedEntry,
): PartialCall | undefined {
  if (!hasEntries(operation)) return undefined;
  const request = parseObject(body);
  if (request === undefined) return undefined;
  return operation === 'PutRecords'
    ? failPutRecords(request, fails, putError)
    : failBatchGetItem(request, fails);
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
function failPutRecords(
  request: JsonObject,
  fails: (index: number) => boolean,
  putError: (index: number) => object,
): PartialCall | undefined {
  const entries = listOf(request.Records);
  const failed = entries.map((_, index) => fails(index));
  const failedEntries = failed.filter(Boolean).length;
  if (failedEntries === 0) return undefined;
  const rest = entries.filter((_, index) => failed[index] === false);
  return {
    failedEntries,
    request: rest.length === 0 ? undefined : serialize({ ...request, Records: rest }),
    merge: (answer) => {
      const done = (answer === undefined ? undefined : parseObject(answer)) ?? {};
      const results = [...listOf(done.Records)];
      const merged = failed.map((isFailed, index) => (isFailed ? putError(index) : results.shift()));
      const earlier = typeof done.FailedRecordCount === 'number' ? done.FailedRecordCount : 0;
      return serialize({
        EncryptionType: 'NONE',
        ...done,
        FailedRecordCount: earlier + failedEntries,
        Records: merged,
      });
    },
  };
}

/** The two reasons that Kinesis gives for an entry, in turn. */
function failedEntry(index: number): object {
  return index % 2 === 0
    ? {
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in the stream.',
      }
    : { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
function failBatchGetItem(request: JsonObject, fails: (index: number) => boolean): PartialCall | undefined {
  const left: Record<string, JsonObject> = {};
  const unprocessed: Record<string, JsonObject> = {};
  let entryIndex = 0;
  let failedEntries = 0;
  for (const [table, wanted] of Object.entries(objectOf(request.RequestItems))) {
    const members = objectOf(wanted);
    const failed = listOf(members.Keys).map(() => fails(entryIndex++));
    const part = (isFailed: boolean): unknown[] =>
      listOf(members.Keys).filter((_, index) => failed[index] === isFailed);
    failedEntries += part(true).length;
    if (part(true).length > 0) unprocessed[table] = { ...members, Keys: part(true) };
    if (part(false).length > 0) left[table] = { ...members, Keys: part(false) };
  }
  if (failedEntries === 0) return undefined;
  return {
    failedEntries,
    request: Object.keys(left).length === 0 ? undefined : serialize({ ...request, RequestItems: left }),
    merge: (answer) => {
      const done = (answer === undefined ? undefined : parseObject(answer)) ?? { Responses: {} };
      const merged: Record<string, JsonObject> = { ...unprocessed };
      for (const [table, value] of Object.entries(objectOf(done.UnprocessedKeys))) {
        const keys = [...listOf(objectOf(value).Keys), ...listOf(merged[table]?.Keys)];
        merged[table] = { ...objectOf(value), Keys: keys };
      }
      return serialize({ ...done, UnprocessedKeys: merged });
    },
  };
}

function parseObject(text: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined; // Not JSON: the engine will say so.
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function serialize(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
