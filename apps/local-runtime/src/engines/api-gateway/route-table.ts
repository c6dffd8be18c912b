import type { Route } from './api-model.js';

export interface MatchedRoute {
  readonly route: Route;
  /** Decoded path parameters. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter: { readonly name: string; readonly node: Node } | undefined;
  greedy: { readonly name: string; readonly node: Node } | undefined;
  readonly methods: Map<string, Route>;
}

/**
 * Finds the method for a request: a literal segment goes before a path parameter, and that before a greedy one (`{proxy+}`);
 * a method of its own goes before `ANY`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
 */
export class RouteTable {
  private readonly root = makeNode();

  /** @throws Error when two routes cannot be told apart. */
  constructor(routes: readonly Route[]) {
    for (const route of routes) this.add(route);
  }

  /** The route for a method and a raw (still percent-encoded) path; undefined when there is none. */
  find(method: string, path: string): MatchedRoute | undefined {
    const segments = path
      .split('/')
      .filter((segment, index, all) => index > 0 && !(segment === '' && index === all.length - 1));
    const found = search(this.root, segments, method.toUpperCase(), {});
    return found;
  }

  private add(route: Route): void {
    let node = this.root;
    for (const segment of route.resourcePath.split('/').filter((part) => part !== '')) {
      node = childFor(node, segment, route.resourcePath);
    }
    if (node.methods.has(route.method)) {
      throw new Error(`Two resources cannot be told apart: ${route.method} ${route.resourcePath}`);
    }
    node.methods.set(route.method, route);
  }
}

function makeNode(): Node {
  return { literals: new Map(), parameter: undefined, greedy: undefined, methods: new Map() };
}

function childFor(node: Node, segment: string, resourcePath: string): Node {
  const parameter = /^\{([^}+]+)(\+?)\}$/.exec(segment);
  if (parameter?.[1] === undefined) {
    const literal = node.literals.get(segment) ?? makeNode();
    node.literals.set(segment, literal);
    return literal;
  }
  const name = parameter[1];
  const kind = parameter[2] === '+' ? 'greedy' : 'parameter';
  const existing = node[kind] ?? { name, node: makeNode() };
  if (existing.name !== name) {
    throw new Error(
      `A sibling of ${resourcePath} names its path parameter ${existing.name}: API Gateway allows one name`,
    );
  }
  node[kind] = existing;
  return existing.node;
}

function search(
  node: Node,
  segments: readonly string[],
  method: string,
  parameters: Readonly<Record<string, string>>,
): MatchedRoute | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    const route = node.methods.get(method) ?? node.methods.get('ANY');
    return route === undefined ? undefined : { route, pathParameters: parameters };
  }
  const literal = node.literals.get(decode(segment));
  const byLiteral = literal === undefined ? undefined : search(literal, rest, method, parameters);
  if (byLiteral !== undefined) return byLiteral;
  if (node.parameter !== undefined && segment !== '') {
    const found = search(node.parameter.node, rest, method, {
      ...parameters,
      [node.parameter.name]: decode(segment),
    });
    if (found !== undefined) return found;
  }
  if (node.greedy === undefined) return undefined;
  return search(node.greedy.node, [], method, {
    ...parameters,
    [node.greedy.name]: segments.map(decode).join('/'),
  });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Not a valid encoding: taken literally.
  }
}
