import type { StateType } from '@prefect-server/client-gen/web';

/** One bar of the timeline. */
export type TimelineRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'task' | 'subflow';
  readonly stateType: StateType | null;
  readonly stateName: string | null;
  /** Epoch milliseconds; null before the start. */
  readonly startMillis: number | null;
  /** Epoch milliseconds; null while it runs. */
  readonly endMillis: number | null;
};

type TimelineRun = {
  readonly id: string;
  readonly name: string;
  readonly stateType: StateType | null;
  readonly state: { readonly name: string; readonly timestamp: string } | null;
  readonly startTime: string | null;
  readonly endTime: string | null;
};

const toMillis = (instant: string | null): number | null =>
  instant === null ? null : Date.parse(instant);

export const toTimelineRow = (run: TimelineRun, kind: TimelineRow['kind']): TimelineRow => ({
  id: run.id,
  name: run.name,
  kind,
  stateType: run.stateType,
  stateName: run.state?.name ?? null,
  startMillis: toMillis(run.startTime),
  endMillis: toMillis(run.endTime),
});

/** Rows in the order they started; those that wait come last. */
export const sortTimeline = (rows: readonly TimelineRow[]): readonly TimelineRow[] =>
  rows.toSorted(
    (left, right) =>
      (left.startMillis ?? Number.POSITIVE_INFINITY) -
        (right.startMillis ?? Number.POSITIVE_INFINITY) || left.name.localeCompare(right.name),
  );

const stepMillis = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
] as const;

const mostTicks = 7;

/** Even marks along a span, as offsets in milliseconds from its start. */
export const timelineTicks = (spanMillis: number): readonly number[] => {
  const step = stepMillis.find((one) => spanMillis / one <= mostTicks) ?? 86_400_000 * 7;
  const count = Math.floor(spanMillis / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
};
