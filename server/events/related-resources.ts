import { type JsonValue, isJsonObject } from '#server/json.ts';

import { type EventResource, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';

export interface RelatedThing {
  readonly id: string;
  readonly name: string;
  readonly tags?: readonly string[] | null;
}

/** What a flow run belongs to and came from, as its events name it. */
export interface RelatedData {
  readonly flow: RelatedThing | null;
  readonly deployment: RelatedThing | null;
  readonly workQueue: RelatedThing | null;
  readonly workPool: (RelatedThing & { readonly type: string }) | null;
  readonly parentTaskRun: RelatedThing | null;
}

const RESOURCE_NAME = 'prefect.resource.name';

const resource = (kind: string, thing: RelatedThing | null): readonly EventResource[] =>
  thing === null
    ? []
    : [
        {
          [RESOURCE_ID]: `prefect.${kind}.${thing.id}`,
          [RESOURCE_ROLE]: kind,
          [RESOURCE_NAME]: thing.name,
        },
      ];

const workPoolResource = (pool: RelatedData['workPool']): readonly EventResource[] =>
  resource('work-pool', pool).map((labels) => ({
    ...labels,
    'prefect.work-pool.type': pool?.type ?? '',
  }));

const tagResources = (tagged: readonly (RelatedThing | null)[]): readonly EventResource[] =>
  [...new Set(tagged.flatMap((thing) => thing?.tags ?? []))]
    .toSorted()
    .map((tag) => ({ [RESOURCE_ID]: `prefect.tag.${tag}`, [RESOURCE_ROLE]: 'tag' }));

const creatorResource = (createdBy: JsonValue): readonly EventResource[] => {
  if (!isJsonObject(createdBy)) return [];
  const { type, id, display_value: name } = createdBy;
  if (type !== 'DEPLOYMENT' && type !== 'AUTOMATION') return [];
  if (typeof id !== 'string') return [];
  return [
    {
      [RESOURCE_ID]: `prefect.${type.toLowerCase()}.${id}`,
      [RESOURCE_ROLE]: 'creator',
      ...(typeof name === 'string' && name !== '' ? { [RESOURCE_NAME]: name } : {}),
    },
  ];
};

/** The resources that concern a flow run, then the tags of all of them, then whoever created it. */
export const flowRunRelatedResources = (
  run: { readonly tags: readonly string[]; readonly createdBy: JsonValue },
  related: RelatedData,
): readonly EventResource[] => [
  ...resource('flow', related.flow),
  ...resource('deployment', related.deployment),
  ...resource('work-queue', related.workQueue),
  ...workPoolResource(related.workPool),
  ...resource('task-run', related.parentTaskRun),
  ...tagResources([
    { id: '', name: '', tags: run.tags },
    related.flow,
    related.deployment,
    related.parentTaskRun,
  ]),
  ...creatorResource(run.createdBy),
];
