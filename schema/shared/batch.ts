import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';

import type { GraphQLContext } from '../context.ts';

const MAX_BATCH = 200;

type Place = Pick<GraphQLResolveInfo, 'path'>;

/** Where a field stands in its operation, the places within lists left out: siblings stand at the same. */
const placeOf = (info: Place): string => {
  const keys: string[] = [];
  for (
    let path: GraphQLResolveInfo['path'] | undefined = info.path;
    path !== undefined;
    path = path.prev
  )
    if (typeof path.key === 'string') keys.push(path.key);
  return keys.toReversed().join('.');
};

interface Batch<Key, Value> {
  readonly key: Key;
  /** Distinguishes the batches of one field. */
  readonly purpose: string;
  /** Gives one value for each key, in their order. */
  readonly load: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;
}

/**
 * Loads something for one object together with the same for its siblings in a list, so that a list costs the statements
 * of one object. All siblings have the same arguments, as they share their place in the operation.
 */
export const batched = <Key, Value>(
  ctx: GraphQLContext,
  info: Place,
  { key, purpose, load }: Batch<Key, Value>,
): Promise<Value> => {
  const place = `${placeOf(info)}#${purpose}`;
  // One place and purpose always come with the same types, which the map of all loaders cannot say.
  const known = ctx.loaders.get(place) as DataLoader<Key, Value> | undefined;
  const loader =
    known ??
    new DataLoader<Key, Value>((keys) => load(keys), { cache: false, maxBatchSize: MAX_BATCH });
  if (known === undefined) ctx.loaders.set(place, loader);
  return loader.load(key);
};
