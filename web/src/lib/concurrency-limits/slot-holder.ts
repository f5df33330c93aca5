import type { SlotHolderFragment } from '@prefect-server/client-gen/web';

import { base } from '#lib/shell/base.ts';

type Named = { readonly href: string; readonly name: string };

const pathOf = {
  FlowRun: 'runs/flow-run',
  TaskRun: 'runs/task-run',
  Deployment: 'deployments/deployment',
};

/** Where what holds slots, or waits for them, is shown; null when it has not told who it is, or is gone. */
export const holderLink = (holder: SlotHolderFragment | null): Named | null =>
  holder !== null &&
  (holder.__typename === 'FlowRun' ||
    holder.__typename === 'TaskRun' ||
    holder.__typename === 'Deployment')
    ? { href: `${base}/${pathOf[holder.__typename]}/${holder.id}`, name: holder.name }
    : null;

/** The name of a holder, or what is to be said instead. */
export const holderName = (
  { holder, holderType }: { holder: SlotHolderFragment | null; holderType: string | null },
  unnamed: string,
): string => holderLink(holder)?.name ?? (holderType === null ? unnamed : 'A run that is gone');
