import type { RunHistoryFragment, StateType } from '@prefect-server/client-gen/web';

import { stateTypes } from '#lib/states/states.ts';

/** A stack of bars: for each state, from the bottom up, its count in every bucket. */
export type StackedHistory = {
  /** Epoch seconds of the buckets' starts. */
  readonly starts: readonly number[];
  readonly bucketSeconds: number;
  readonly layers: readonly { readonly type: StateType; readonly counts: readonly number[] }[];
  readonly total: number;
};

const countOf = (bucket: RunHistoryFragment, type: StateType): number =>
  bucket.states.reduce((sum, state) => (state.type === type ? sum + state.count : sum), 0);

/** Sorts the buckets of the server into layers; states that never occur have none. */
export const stackHistory = (buckets: readonly RunHistoryFragment[]): StackedHistory => {
  // Completed runs are the ground the others stand on.
  const layers = stateTypes
    .toReversed()
    .map((type) => ({ type, counts: buckets.map((bucket) => countOf(bucket, type)) }))
    .filter(({ counts }) => counts.some((count) => count > 0));
  const [first] = buckets;
  return {
    starts: buckets.map(({ start }) => Date.parse(start) / 1000),
    bucketSeconds: first ? (Date.parse(first.end) - Date.parse(first.start)) / 1000 : 0,
    layers,
    total: layers.reduce(
      (sum, { counts }) => sum + counts.reduce((layerSum, count) => layerSum + count, 0),
      0,
    ),
  };
};
