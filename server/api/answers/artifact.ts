import { z } from 'zod';

import { anyObject, id, instant, nullable, storedShape } from './parts.ts';

export const artifactAnswer = z
  .object({
    id: id.optional(),
    created: nullable(instant),
    updated: nullable(instant),
    key: nullable(z.string()),
    type: nullable(z.string()),
    description: nullable(z.string()),
    data: nullable(z.union([anyObject, z.unknown()])),
    metadata_: nullable(z.record(z.string(), z.string())),
    flow_run_id: nullable(id),
    task_run_id: nullable(id),
  })
  .meta({ id: 'Artifact' });

export const artifactCollectionAnswer = z
  .object({
    ...storedShape,
    key: z.string(),
    latest_id: id,
    type: nullable(z.string()),
    description: nullable(z.string()),
    data: nullable(z.union([anyObject, z.unknown()])),
    metadata_: nullable(z.record(z.string(), z.string())),
    flow_run_id: nullable(id),
    task_run_id: nullable(id),
  })
  .meta({ id: 'ArtifactCollection' });
