import { parseId } from '#server/ids.ts';

/** The id as it is stored. A text that is no id finds nothing, as no row is called so. */
export const storedId = (id: string): string => parseId(id) ?? id;

interface By {
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
}

/** The unique column that a lookup by id or name is about. */
export const idOrName = ({ id, name }: By): { readonly id: string } | { readonly name: string } =>
  id === null || id === undefined ? { name: name ?? '' } : { id: storedId(id) };

interface DeploymentLookup {
  readonly id?: string | null | undefined;
  readonly name?: { readonly flow: string; readonly deployment: string } | null | undefined;
}

/** The columns that a lookup of a deployment is about. */
export const deploymentWhere = ({ id, name }: DeploymentLookup) =>
  name === null || name === undefined
    ? { id: storedId(id ?? '') }
    : { name: name.deployment, flow: { name: name.flow } };

interface WorkQueueLookup {
  readonly id?: string | null | undefined;
  readonly name?: { readonly workPool: string; readonly name: string } | null | undefined;
}

/** The columns that a lookup of a work queue is about. */
export const workQueueWhere = ({ id, name }: WorkQueueLookup) =>
  name === null || name === undefined
    ? { id: storedId(id ?? '') }
    : { name: name.name, workPool: { name: name.workPool } };
