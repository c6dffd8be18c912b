/**
 * Size limit in bytes of a synchronous invocation's request, and of its response.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const payloadBytesMax = 6 * 1024 * 1024;
