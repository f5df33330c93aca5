import type { GraphArtifactRow } from '#server/db/sql/read-flow-run-graph.ts';
import { type JsonObject, type JsonValue, isJsonObject, json } from '#server/json.ts';
import type { FlowRunGraph, GraphNode } from '#server/queries/flow-run/read-flow-run-graph.ts';
import { estimatedRunTimeSeconds } from '#server/queries/run-times.ts';
import {
  MICROS_PER_SECOND,
  type Micros,
  formatInstant,
  formatOptionalInstant,
} from '#server/time.ts';

import { optionalStateToWire } from './state.ts';
import type { ShownTaskRun } from './task-run.ts';

const artifactToWire = ({ id, created, key, type, data, latestOf }: GraphArtifactRow) => ({
  id,
  created: formatInstant(created),
  key,
  type,
  is_latest: key === null || latestOf !== null,
  // Only progress is drawn from its data.
  data: type === 'progress' ? data : null,
});

const edges = (ids: readonly string[]) => ids.map((id) => ({ id }));

const nodeToWire = (node: GraphNode) => ({
  kind: node.kind,
  id: node.id,
  label: node.label,
  state_type: node.stateType,
  start_time: formatInstant(node.startTime),
  end_time: formatOptionalInstant(node.endTime),
  parents: edges(node.parentIds),
  children: edges(node.childIds),
  encapsulating: edges(node.encapsulatingIds),
  artifacts: node.artifacts.map(artifactToWire),
});

export const graphToWire = ({ startTime, endTime, nodes, artifacts, states }: FlowRunGraph) => ({
  start_time: formatOptionalInstant(startTime),
  end_time: formatOptionalInstant(endTime),
  root_node_ids: nodes.filter(({ parentIds }) => parentIds.length === 0).map(({ id }) => id),
  nodes: nodes.map((node) => [node.id, nodeToWire(node)]),
  artifacts: artifacts.map(artifactToWire),
  states: states.map(({ id, timestamp, type, name }) => ({
    id,
    timestamp: formatInstant(timestamp),
    type,
    name,
  })),
});

/** Every input once, whatever number of parameters it was given for. */
const upstreamOf = (taskInputs: JsonObject): readonly JsonValue[] => {
  const inputs = Object.values(taskInputs).flatMap((list) =>
    Array.isArray(list) ? list.filter((input: JsonValue) => isJsonObject(input)) : [],
  );
  return [...new Map(inputs.map((input: JsonValue) => [json(input), input])).values()];
};

/** A task run as the older form of the graph has it. */
export const dependencyToWire = (run: ShownTaskRun, now: Micros) => ({
  id: run.id,
  name: run.name,
  upstream_dependencies: upstreamOf(run.taskInputs),
  state: optionalStateToWire(run.state),
  expected_start_time: formatOptionalInstant(run.expectedStartTime),
  start_time: formatOptionalInstant(run.startTime),
  end_time: formatOptionalInstant(run.endTime),
  total_run_time: run.totalRunTime / MICROS_PER_SECOND,
  estimated_run_time: estimatedRunTimeSeconds(run, now),
  untrackable_result: run.state?.details['untrackable_result'] ?? false,
});
