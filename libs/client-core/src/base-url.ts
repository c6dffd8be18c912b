/**
 * Checks a base URL and takes trailing slashes off it.
 *
 * @throws TypeError when it is not an absolute http(s) URL.
 */
export function normaliseBaseUrl(baseUrl: string): string {
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new TypeError(`baseUrl must be an absolute http or https URL, not "${baseUrl}"`);
  }
  return baseUrl.replace(/\/+$/, '');
}
