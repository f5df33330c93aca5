import { parseId } from '#server/ids.ts';

import type { Method, Route } from './route.ts';

type Segment =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'text' | 'uuid'; readonly name: string };

interface Pattern {
  readonly route: Route;
  readonly segments: readonly Segment[];
}

export type Params = ReadonlyMap<string, string>;

/** What a path leads to: a route, another method's route, the same with or without a last slash, or nothing. */
type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Params }
  | { readonly kind: 'wrong-method'; readonly allowed: Method }
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'none' };

export interface Router {
  /** Finds what answers the method at the path, which is given decoded and without the base path. */
  find(method: string, path: string): Match;
}

const PARAMETER = /^\{(\w+)(:uuid)?\}$/;

const toSegment = (text: string): Segment => {
  const [, name, isUuid] = PARAMETER.exec(text) ?? [];
  if (name === undefined) return { kind: 'word', word: text };
  return { kind: isUuid === undefined ? 'text' : 'uuid', name };
};

const splitPath = (path: string): readonly string[] => path.slice(1).split('/');

const NO_PARAMS: Params = new Map();

const matchSegments = (segments: readonly Segment[], parts: readonly string[]): Params | null => {
  let params: Map<string, string> | null = null;
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.kind === 'word') {
      if (segment.word !== part) return null;
      continue;
    }
    const value = segment.kind === 'uuid' ? parseId(part) : part;
    if (value === null || value === '') return null;
    params ??= new Map();
    params.set(segment.name, value);
  }
  return params ?? NO_PARAMS;
};

const bucketKey = (parts: readonly string[]): string => `${parts.length} ${parts[0]}`;

/**
 * Orders routes by their first word and length; within a bucket they are tried in the order of the list, as
 * Prefect's server does, because the first that fits the path names the method of a 405.
 */
export const createRouter = (routes: readonly Route[]): Router => {
  const buckets = Map.groupBy(
    routes.map((route): Pattern => ({ route, segments: splitPath(route.path).map(toSegment) })),
    ({ route }) => bucketKey(splitPath(route.path)),
  );
  const findExactly = (method: string, path: string): Match => {
    const parts = splitPath(path);
    let allowed: Method | null = null;
    for (const { route, segments } of buckets.get(bucketKey(parts)) ?? []) {
      const params = matchSegments(segments, parts);
      if (params === null) continue;
      if (route.method === method) return { kind: 'route', route, params };
      allowed ??= route.method;
    }
    return allowed === null ? { kind: 'none' } : { kind: 'wrong-method', allowed };
  };
  return {
    find: (method, path) => {
      const match = findExactly(method, path);
      if (match.kind !== 'none' || path === '/') return match;
      const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
      return findExactly(method, other).kind === 'none' ? match : { kind: 'redirect', path: other };
    },
  };
};
