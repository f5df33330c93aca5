import type { SlotHolderFragment } from '@prefect-server/client-gen/web';

import { base } from '#lib/shell/base.ts';

type Named = { readonly href: string; readonly name: string };

const pathOf = {
  FlowRun: 'runs/flow-run',
  TaskRun: 'runs/task-run',
  Deployment: 'deployments/deployment',
};

type Holder = {
  readonly holder: SlotHolderFragment | null;
  readonly holderType: string | null;
  readonly flow: { readonly id: string; readonly name: string } | null;
};

/**
 * Where what holds slots, or waits for them, is shown: itself, or the flow of a run that has not told which it is; null
 * when it has told nothing, or is gone.
 */
export const holderLink = ({ holder, flow }: Holder): Named | null => {
  if (
    holder !== null &&
    (holder.__typename === 'FlowRun' ||
      holder.__typename === 'TaskRun' ||
      holder.__typename === 'Deployment')
  ) {
    return { href: `${base}/${pathOf[holder.__typename]}/${holder.id}`, name: holder.name };
  }
  return flow === null
    ? null
    : { href: `${base}/flows/flow/${flow.id}`, name: `A run of ${flow.name}` };
};

/** The name of a holder, or what is to be said instead. */
export const holderName = (holder: Holder, unnamed: string): string =>
  holderLink(holder)?.name ?? (holder.holderType === null ? unnamed : 'A run that is gone');
