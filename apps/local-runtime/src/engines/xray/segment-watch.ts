import { segmentViolations } from '@weir/contract-check';

/** A function that makes one mistake makes it with every invocation. */
const toldMax = 100;

/**
 * Compares segments with what X-Ray documents, and tells each kind of mistake once.
 *
 * @param tell takes one sentence
 */
export function createSegmentWatch(tell: (message: string) => void): (document: object) => string[] {
  const told = new Set<string>();
  return (document) => {
    const violations = segmentViolations(document);
    if (violations.length > 0) {
      const name = 'name' in document ? String(document.name) : 'without a name';
      const message = `X-Ray does not allow this segment, ${name}: ${violations.join('; ')}`;
      if (!told.has(message) && told.size < toldMax) tell(message);
      told.add(message);
    }
    return violations;
  };
}
