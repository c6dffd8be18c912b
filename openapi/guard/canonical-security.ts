import { named, type Tree, type TreeBuilder } from './canonical-tree.js';
import { listAt, objectAt } from './document.js';
import { step } from './pointer.js';
import type { Place } from './reference.js';

/** The alternative of an operation that asks for nothing. */
const NOBODY = 'none';

/**
 * The requirements of an operation: alternatives by the schemes that each combines, every alternative with its scopes. No
 * requirement at all is the alternative that asks for nothing.
 */
export function canonicalSecurity(build: TreeBuilder, place: Place): Tree {
  const tree: Tree = {};
  const requirements = listAt(place.value).map(objectAt);
  if (requirements.length === 0) build.put(tree, named(NOBODY), {}, place.source);
  const schemes = requirements.map((requirement) => Object.keys(requirement).sort().join(' + ') || NOBODY);
  requirements.forEach((requirement, index) => {
    const alternative: Tree = {};
    const source = step(place.source, index);
    for (const [scheme, scopes] of Object.entries(requirement)) {
      listAt(scopes).forEach((scope, at) =>
        build.put(alternative, named(`${scheme} ${String(scope)}`), true, step(step(source, scheme), at)),
      );
    }
    const label = schemes[index] as string;
    const alone = schemes.indexOf(label) === schemes.lastIndexOf(label);
    const key = alone ? label : `${label} (${Object.keys(alternative).sort().join(', ')})`;
    build.put(tree, named(key), alternative, source);
  });
  return tree;
}
