import { ProblemError } from '@weir/telemetry-schema';

export type MediaType = 'application/json' | 'text/csv';

/** In order of preference where a client has none. */
const OFFERED: readonly MediaType[] = ['application/json', 'text/csv'];

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** From 0, not acceptable, to 1. */
  readonly quality: number;
}

/**
 * Chooses what to answer with (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1): for each media type the most
 * specific range counts; the highest quality wins, then the more specific range, then JSON. No header accepts anything.
 *
 * @throws ProblemError `not_acceptable` when the header allows neither
 */
export function negotiate(accept: string | undefined): MediaType {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const ranges = accept.split(',').flatMap((text) => parseRange(text) ?? []);
  const choices = OFFERED.map((mediaType) => ({ mediaType, ...judge(mediaType, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || b.specificity - a.specificity);
  const [best] = choices;
  if (best === undefined) {
    throw new ProblemError('not_acceptable', {
      detail: `The answer can be ${OFFERED.join(' or ')}; Accept allows neither.`,
      errors: [{ field: 'Accept', reason: `must allow ${OFFERED.join(' or ')}` }],
    });
  }
  return best.mediaType;
}

function judge(
  mediaType: MediaType,
  ranges: readonly MediaRange[],
): { quality: number; specificity: number } {
  const [type, subtype] = mediaType.split('/');
  let best = { quality: 0, specificity: -1 };
  for (const range of ranges) {
    if (range.type !== '*' && range.type !== type) continue;
    if (range.subtype !== '*' && range.subtype !== subtype) continue;
    const specificity = Number(range.type !== '*') + Number(range.subtype !== '*');
    if (specificity > best.specificity) best = { quality: range.quality, specificity };
    else if (specificity === best.specificity) best.quality = Math.max(best.quality, range.quality);
  }
  return best;
}

/** Undefined for what is no media range; a recipient ignores that. */
function parseRange(text: string): MediaRange | undefined {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const match = /^([^\s/]+)\/([^\s/]+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const valid = weight === undefined || /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight);
  return valid ? { type: match[1], subtype: match[2], quality: Number(weight ?? 1) } : undefined;
}
