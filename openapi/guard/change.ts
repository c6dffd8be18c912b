import diff, { type Difference } from 'microdiff';
import type { CanonicalContract } from './canonical-contract.js';
import { NAME, type Leaf, type Tree } from './canonical-tree.js';

/** Who sends what a change is about: the client (request), the service (response), or neither. */
export type Direction = 'request' | 'response' | 'neither';

/** One fact that two versions of a contract do not share. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  /** Where the fact stands in the canonical contract. */
  readonly path: readonly string[];
  /** JSON pointer to where it is written: in the newer version, or in the older one for what was removed. */
  readonly pointer: string;
  readonly direction: Direction;
  /** `GET /v1/devices` where the change is inside one operation. */
  readonly operation?: string;
  readonly before?: Tree | Leaf;
  readonly after?: Tree | Leaf;
}

/** Every difference of two contracts, in the order of the document. */
export function changesBetween(before: CanonicalContract, after: CanonicalContract): Change[] {
  return diff(before.tree, after.tree, { cyclesFix: false }).map((difference) =>
    changeOf(difference, difference.type === 'REMOVE' ? before : after),
  );
}

function changeOf(difference: Difference, written: CanonicalContract): Change {
  const path = difference.path.map(String);
  const operation = operationAt(path);
  return {
    kind: difference.type === 'CREATE' ? 'added' : difference.type === 'REMOVE' ? 'removed' : 'changed',
    path,
    pointer: pointerTo(written, path),
    direction: directionAt(path),
    ...(operation === undefined ? {} : { operation }),
    ...('oldValue' in difference ? { before: difference.oldValue as Tree | Leaf } : {}),
    ...('value' in difference ? { after: difference.value as Tree | Leaf } : {}),
  };
}

function pointerTo({ tree, sourceOf }: CanonicalContract, path: readonly string[]): string {
  let branch = tree;
  for (const key of path.slice(0, -1)) branch = branch[key] as Tree;
  const source = sourceOf(branch, path.at(-1) as string);
  if (source === undefined) throw new Error(`nothing is known of where /${path.join('/')} is written`);
  return source;
}

/** Paths of operations are `paths`, the path, the method, and what of the operation. */
function operationAt([root, path, method]: readonly string[]): string | undefined {
  if (root !== 'paths' || path === undefined || !method?.startsWith(NAME)) return undefined;
  return `${method.slice(NAME.length).toUpperCase()} ${path.slice(NAME.length)}`;
}

function directionAt([root, , , part]: readonly string[]): Direction {
  if (root !== 'paths') return 'neither';
  if (part === 'parameters' || part === 'requestBody') return 'request';
  return part === 'responses' ? 'response' : 'neither';
}
