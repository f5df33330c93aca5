import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { ensureFlow, newFlowRun } from './bodies.ts';
import type { Target } from './target.ts';
import { post } from './target.ts';

const STATES = [
  ['PENDING', 'Pending'],
  ['RUNNING', 'Running'],
  ['COMPLETED', 'Completed'],
] as const;

export interface EventFlow {
  readonly flowId: string;
  readonly flowRunId: string;
}

/** A flow run that task runs can belong to. */
export const newEventFlow = async (target: Target): Promise<EventFlow> => {
  const flowId = await ensureFlow(target);
  const run = await post<{ id: string }>(target, '/api/flow_runs/', JSON.parse(newFlowRun(flowId)));
  return { flowId, flowRunId: run.id };
};

/** The three events with which the Python client reports one task run. */
export const eventsOfTaskRun = ({ flowId, flowRunId }: EventFlow, index: number): string[] => {
  const taskRunId = randomUUID();
  const startedAt = Date.now();
  let previous: string | null = null;
  return STATES.map(([type, name], step) => {
    const id = randomUUID();
    const occurred = new Date(startedAt + step).toISOString();
    const details = { task_run_id: taskRunId, flow_run_id: flowRunId, transition_id: null };
    const event = {
      id,
      occurred,
      event: `prefect.task-run.${name}`,
      resource: {
        'prefect.resource.id': `prefect.task-run.${taskRunId}`,
        'prefect.resource.name': `step-${index}`,
        'prefect.run-count': step === 0 ? '0' : '1',
        'prefect.state-message': '',
        'prefect.state-type': type,
        'prefect.state-name': name,
        'prefect.state-timestamp': occurred,
        'prefect.orchestration': 'client',
      },
      related: [
        {
          'prefect.resource.id': `prefect.flow-run.${flowRunId}`,
          'prefect.resource.role': 'flow-run',
        },
        { 'prefect.resource.id': `prefect.flow.${flowId}`, 'prefect.resource.role': 'flow' },
      ],
      payload: {
        initial_state: null,
        intended: { from: step === 0 ? null : STATES[step - 1]?.[0], to: type },
        validated_state: {
          type,
          name,
          message: '',
          state_details: details,
          data: null,
        },
        task_run: {
          task_key: 'bench_step-0a1b2c3d',
          dynamic_key: `step-${index}`,
          name: `step-${index}`,
          cache_key: null,
          cache_expiration: null,
          task_version: null,
          empirical_policy: { max_retries: 0, retry_delay_seconds: 0, retries: 0, retry_delay: 0 },
          tags: ['bench'],
          labels: {},
          task_inputs: { x: [] },
          run_count: step === 0 ? 0 : 1,
          flow_run_run_count: 1,
          expected_start_time: new Date(startedAt).toISOString(),
          start_time: step === 0 ? null : new Date(startedAt + 1).toISOString(),
          end_time: step === 2 ? occurred : null,
          total_run_time: 0,
          estimated_run_time: 0,
          estimated_start_time_delta: 0,
          flow_run_id: flowRunId,
        },
      },
      follows: previous,
    };
    previous = id;
    return JSON.stringify(event);
  });
};

export interface EventSocket {
  readonly send: (frame: string) => void;
  /** Resolves once everything sent has left this process. */
  readonly drained: () => Promise<void>;
  /** The client's sign that events arrived: a ping that comes back. */
  readonly confirmed: () => Promise<void>;
  readonly close: () => void;
}

/** Opens `/api/events/in` with the handshake of the client. */
export const openEventSocket = async (target: Target): Promise<EventSocket> => {
  const url = `${target.url.replace('http', 'ws')}/api/events/in`;
  const socket = new WebSocket(url, ['prefect'], { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', token: null }));
  await once(socket, 'message');
  return {
    send: (frame) => socket.send(frame),
    drained: async () => {
      while (socket.bufferedAmount > 1_000_000) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    confirmed: async () => {
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    },
    close: () => socket.close(),
  };
};

/** How many task runs of a flow run the server shows as Completed. */
export const countCompleted = (target: Target, flowRunId: string): Promise<number> =>
  post<number>(target, '/api/task_runs/count', {
    task_runs: {
      flow_run_id: { any_: [flowRunId] },
      state: { type: { any_: ['COMPLETED'] } },
    },
  });
