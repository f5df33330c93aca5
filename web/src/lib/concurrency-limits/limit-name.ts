import type { ConcurrencyLimitRowFragment } from '@prefect-server/client-gen/web';

/** What a limit is about: a name that code uses, a tag of task runs, or a deployment. */
export type LimitTitle =
  | { readonly kind: 'named' | 'tag'; readonly title: string }
  | { readonly kind: 'deployment'; readonly title: string; readonly deploymentId: string };

const tagPrefix = 'tag:';
const deploymentPrefix = 'deployment:';

/** The words for a limit; those of tags and deployments are told apart by their names. */
export const limitTitle = ({
  name,
  deployments,
}: Pick<ConcurrencyLimitRowFragment, 'name' | 'deployments'>): LimitTitle => {
  if (name.startsWith(tagPrefix)) return { kind: 'tag', title: name.slice(tagPrefix.length) };
  const [deployment] = deployments.nodes;
  return name.startsWith(deploymentPrefix) && deployment !== undefined
    ? { kind: 'deployment', title: deployment.name, deploymentId: deployment.id }
    : { kind: 'named', title: name };
};
