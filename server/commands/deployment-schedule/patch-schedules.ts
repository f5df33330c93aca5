import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { type Script, run } from '#server/db/script.ts';
import { clearScheduleSlug, deleteSchedulesOfDeployment } from '#server/db/sql/schedule-rows.ts';
import { ServerError } from '#server/errors.ts';

import {
  type NewSchedule,
  type ScheduleChanges,
  changeSchedule,
  insertSchedules,
} from './schedule-script.ts';

/** A schedule as the update of a deployment names it: by its slug, or by the slug that it replaces. */
export interface SchedulePatch extends ScheduleChanges {
  readonly replaces?: string | null | undefined;
}

interface SchedulePlan {
  readonly changed: readonly {
    readonly row: DeploymentScheduleRow;
    readonly patch: SchedulePatch;
  }[];
  readonly added: readonly NewSchedule[];
}

const invalid = (message: string): ServerError => new ServerError('INVALID', message);

const isSlug = (slug: string | null | undefined): slug is string => typeof slug === 'string';

const isText = (slug: string | null | undefined): slug is string =>
  typeof slug === 'string' && slug !== '';

const checkReplacements = (
  stored: readonly DeploymentScheduleRow[],
  patches: readonly SchedulePatch[],
): void => {
  const replaced = new Set<string>();
  for (const { replaces } of patches) {
    if (!isText(replaces)) continue;
    if (replaced.has(replaces)) {
      throw invalid(`Multiple schedules have 'replaces' targeting the same slug: ${replaces}`);
    }
    replaced.add(replaces);
  }
  const slugs = new Set(stored.map(({ slug }) => slug));
  for (const { slug, replaces } of patches) {
    if (!isText(slug) || !isText(replaces) || !slugs.has(slug) || replaced.has(slug)) continue;
    throw invalid(
      `Cannot rename schedule from '${replaces}' to '${slug}': a schedule with slug '${slug}' already exists.`,
    );
  }
};

const planBySlug = (
  stored: readonly DeploymentScheduleRow[],
  patches: readonly SchedulePatch[],
): SchedulePlan => {
  checkReplacements(stored, patches);
  const bySlug = new Map(stored.map((row) => [row.slug, row]));
  const changed: SchedulePlan['changed'][number][] = [];
  const added: NewSchedule[] = [];
  for (const patch of patches) {
    const target = isText(patch.replaces) ? patch.replaces : patch.slug;
    const row = isSlug(target) ? bySlug.get(target) : undefined;
    const { schedule } = patch;
    if (row !== undefined) changed.push({ row, patch });
    else if (schedule) added.push(toNew(patch, schedule));
    else
      throw invalid('Unable to create new deployment schedules without a schedule configuration.');
  }
  return { changed, added };
};

const toNew = (patch: SchedulePatch, schedule: NewSchedule['schedule']): NewSchedule => ({
  schedule,
  active: patch.active ?? true,
  parameters: patch.parameters ?? {},
  slug: patch.slug ?? null,
});

function* changeBySlug({ changed, added }: SchedulePlan, deploymentId: string): Script<void> {
  // Slugs that move are freed first, so that two schedules may change places.
  for (const { row, patch } of changed) {
    if (isText(patch.replaces)) yield* run(clearScheduleSlug(row.id));
  }
  for (const { row, patch } of changed) yield* changeSchedule(row, patch);
  yield* insertSchedules(deploymentId, added);
}

/** Removes a deployment's schedules and puts others in their place. */
export function* replaceSchedules(
  deploymentId: string,
  schedules: readonly NewSchedule[],
): Script<void> {
  yield* run(deleteSchedulesOfDeployment(deploymentId));
  yield* insertSchedules(deploymentId, schedules);
}

/**
 * Brings a deployment's schedules in line with a list. Where all have slugs, those are changed, renamed or added and
 * others stay; else the list replaces them all. INVALID when that would lose schedules with slugs.
 */
export function* patchSchedules(
  deploymentId: string,
  stored: readonly DeploymentScheduleRow[],
  patches: readonly SchedulePatch[],
): Script<void> {
  const haveSlugs = stored.length > 0 && stored.every(({ slug }) => slug !== null);
  if (haveSlugs && !patches.every(({ slug }) => isSlug(slug))) {
    throw invalid(
      'Please provide a slug for each schedule in your request to ensure schedules are updated correctly.',
    );
  }
  if (haveSlugs) {
    yield* changeBySlug(planBySlug(stored, patches), deploymentId);
    return;
  }
  const schedules = patches.flatMap((patch) =>
    patch.schedule ? [toNew(patch, patch.schedule)] : [],
  );
  yield* replaceSchedules(deploymentId, schedules);
}
