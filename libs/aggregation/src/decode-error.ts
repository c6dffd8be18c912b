/**
 * Why bytes could not be decoded. All are permanent: decoding the same bytes again fails the same way.
 *
 * - `format_unsupported`: the format version is not one that this release reads, as when a newer release wrote it;
 * - `bytes_damaged`: truncated, altered or never an encoding at all;
 * - `content_invalid`: the bytes are sound, but what they say is not a canonical value.
 */
export type DecodeErrorCode = 'format_unsupported' | 'bytes_damaged' | 'content_invalid';

/** What is thrown for bytes that are not an encoded block. */
export class BlockDecodeError extends Error {
  override readonly name = 'BlockDecodeError';

  constructor(
    readonly code: DecodeErrorCode,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`block cannot be decoded: ${reason}`, options);
  }
}

/** What is thrown for bytes that are not encoded summaries. */
export class SummaryDecodeError extends Error {
  override readonly name = 'SummaryDecodeError';

  constructor(
    readonly code: DecodeErrorCode,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`summaries cannot be decoded: ${reason}`, options);
  }
}
