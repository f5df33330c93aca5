import { z } from 'zod';

import { anyValue, id, instant } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

const edgeAnswer = z
  .object({
    id,
  })
  .meta({ id: 'Edge' });

const graphArtifactAnswer = z
  .object({
    id,
    created: instant,
    key: z.string().nullable(),
    type: z.string().nullable(),
    is_latest: z.boolean(),
    data: anyValue,
  })
  .meta({ id: 'GraphArtifact' });

const graphStateAnswer = z
  .object({
    id,
    timestamp: instant,
    type: stateTypeAnswer,
    name: z.string(),
  })
  .meta({ id: 'GraphState' });

const nodeAnswer = z
  .object({
    kind: z.enum(['flow-run', 'task-run']),
    id,
    label: z.string(),
    state_type: stateTypeAnswer,
    start_time: instant,
    end_time: instant.nullable(),
    parents: z.array(edgeAnswer),
    children: z.array(edgeAnswer),
    encapsulating: z.array(edgeAnswer),
    artifacts: z.array(graphArtifactAnswer),
  })
  .meta({ id: 'Node' });

export const graphAnswer = z
  .object({
    start_time: instant.nullable(),
    end_time: instant.nullable(),
    root_node_ids: z.array(id),
    nodes: z.array(z.tuple([id, nodeAnswer])),
    artifacts: z.array(graphArtifactAnswer),
    states: z.array(graphStateAnswer),
  })
  .meta({ id: 'Graph' });
