/** The media type of a header value, without parameters, in lower case. */
export function mediaTypeOf(header: string | undefined): string | undefined {
  const type = header?.split(';')[0]?.trim().toLowerCase();
  return type === undefined || type === '' ? undefined : type;
}

/**
 * Whether a media type is one of the API's binary types, which may be wildcards (any type, or any subtype of one).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
 */
export function isBinary(binaryMediaTypes: readonly string[], mediaType: string | undefined): boolean {
  return binaryMediaTypes.some((pattern) => {
    const lower = pattern.toLowerCase();
    if (lower === '*/*') return true;
    if (mediaType === undefined) return false;
    return lower.endsWith('/*') ? mediaType.startsWith(lower.slice(0, -1)) : lower === mediaType;
  });
}
