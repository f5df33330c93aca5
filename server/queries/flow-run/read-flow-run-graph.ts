import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import {
  type GraphArtifactRow,
  type GraphNodeRow,
  readGraphArtifacts,
  readGraphNodes,
} from '#server/db/sql/read-flow-run-graph.ts';
import { ServerError } from '#server/errors.ts';
import { type JsonValue, isJsonObject } from '#server/json.ts';
import type { State } from '#server/orchestration/states.ts';
import type { Micros } from '#server/time.ts';

import { readFlowRunStates } from '../state/read-states.ts';
import { requireFlowRun } from './read-flow-run.ts';

/** Inputs of this name are the task that a task was called in, not values that it was given. */
const ENCLOSING = '__parents__';

export interface GraphNode extends GraphNodeRow {
  readonly parentIds: readonly string[];
  readonly childIds: readonly string[];
  readonly encapsulatingIds: readonly string[];
  readonly artifacts: readonly GraphArtifactRow[];
}

export interface FlowRunGraph {
  readonly startTime: Micros | null;
  readonly endTime: Micros | null;
  readonly nodes: readonly GraphNode[];
  /** Those of the flow run itself. */
  readonly artifacts: readonly GraphArtifactRow[];
  readonly states: readonly State[];
}

const idsIn = (inputs: JsonValue | undefined): readonly string[] =>
  Array.isArray(inputs)
    ? inputs.flatMap((input: JsonValue) =>
        isJsonObject(input) && typeof input['id'] === 'string' ? [input['id']] : [],
      )
    : [];

interface Edges {
  readonly parents: ReadonlyMap<string, ReadonlySet<string>>;
  readonly children: ReadonlyMap<string, ReadonlySet<string>>;
  readonly encapsulating: ReadonlyMap<string, ReadonlySet<string>>;
}

const addTo = (edges: Map<string, Set<string>>, from: string, to: string): void => {
  const known = edges.get(from);
  if (known === undefined) edges.set(from, new Set([to]));
  else known.add(to);
};

const edgesBetween = (nodes: readonly GraphNodeRow[]): Edges => {
  const known = new Set(nodes.map(({ id }) => id));
  const parents = new Map<string, Set<string>>();
  const children = new Map<string, Set<string>>();
  const encapsulating = new Map<string, Set<string>>();
  const connect = (id: string, name: string, other: string): void => {
    if (!known.has(other)) return;
    if (name === ENCLOSING) {
      addTo(encapsulating, id, other);
      return;
    }
    addTo(parents, id, other);
    addTo(children, other, id);
  };
  for (const { id, taskInputs } of nodes) {
    for (const [name, inputs] of Object.entries(taskInputs)) {
      for (const other of idsIn(inputs)) connect(id, name, other);
    }
  }
  return { parents, children, encapsulating };
};

const listOf = (edges: ReadonlyMap<string, ReadonlySet<string>>, id: string): readonly string[] => [
  ...(edges.get(id) ?? []),
];

/** What ran within a flow run and how it depends on each other; NOT_FOUND for no run, BAD_REQUEST for too large a one. */
export const readFlowRunGraph = async (
  ctx: Context,
  { flowRunId, since }: { readonly flowRunId: string; readonly since: Micros },
): Promise<FlowRunGraph> => {
  const { maxNodes, maxArtifacts } = ctx.settings.flowRunGraph;
  const run = await requireFlowRun(ctx, flowRunId);
  const [nodes, artifacts, states] = await Promise.all([
    ctx.db.read(() => rows(readGraphNodes(flowRunId, since, maxNodes + 1))),
    ctx.db.read(() => rows(readGraphArtifacts(flowRunId, maxArtifacts))),
    readFlowRunStates(ctx, flowRunId),
  ]);
  if (nodes.length > maxNodes) {
    throw new ServerError(
      'BAD_REQUEST',
      `The graph of flow run ${flowRunId} has more than ${maxNodes} nodes.`,
    );
  }
  const { parents, children, encapsulating } = edgesBetween(nodes);
  const byTask = Map.groupBy(artifacts, ({ taskRunId }) => taskRunId);
  return {
    startTime: run.startTime ?? run.expectedStartTime,
    endTime: run.endTime,
    nodes: nodes.map((node) => ({
      ...node,
      parentIds: listOf(parents, node.id),
      childIds: listOf(children, node.id),
      encapsulatingIds: listOf(encapsulating, node.id),
      artifacts: byTask.get(node.id) ?? [],
    })),
    artifacts: byTask.get(null) ?? [],
    states,
  };
};
