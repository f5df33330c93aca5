import { randomUUID } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

/** Writes through REST, as the Python client does, so that pages show what the client would have made. */
export type Seeder = {
  readonly flow: (name: string) => Promise<string>;
  readonly flowRun: (
    run: Json & { readonly flow_id: string },
  ) => Promise<{ id: string; name: string }>;
  readonly setState: (flowRunId: string, type: string, more?: Json) => Promise<void>;
  readonly taskRun: (task: Json & { readonly flow_run_id: string }) => Promise<string>;
  readonly log: (flowRunId: string, message: string, level?: number) => Promise<void>;
  readonly deployment: (deployment: Json & { readonly flow_id: string }) => Promise<string>;
  readonly workPool: (name: string) => Promise<void>;
  readonly limit: (name: string, slots: number) => Promise<void>;
  /** Takes a slot of a limit for a flow run, for five minutes. */
  readonly takeSlot: (limit: string, flowRunId: string) => Promise<void>;
  readonly worker: (workPool: string, name: string) => Promise<void>;
  readonly artifact: (artifact: Json) => Promise<string>;
  /** Anything else that clients send. */
  readonly post: (path: string, body: unknown) => Promise<{ id: string; name: string }>;
};

const stateName = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();

/** A seeder for the server at an address. */
export const createSeeder = (url: string): Seeder => {
  const post = async (path: string, body: unknown): Promise<{ id: string; name: string }> => {
    const answer = await fetch(`${url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? { id: '', name: '' } : JSON.parse(text);
  };
  const idOf = async (path: string, body: unknown): Promise<string> => {
    const { id } = await post(path, body);
    return id;
  };
  return {
    flow: (name) => idOf('/flows/', { name }),
    flowRun: (run) => post('/flow_runs/', { state: { type: 'PENDING', name: 'Pending' }, ...run }),
    setState: async (flowRunId, type, more = {}) => {
      const state = { type, name: stateName(type), ...more };
      await post(`/flow_runs/${flowRunId}/set_state`, { state, force: true });
    },
    taskRun: (task) =>
      idOf('/task_runs/', { task_key: 'work', dynamic_key: randomUUID(), ...task }),
    log: async (flowRunId, message, level = 20) => {
      const line = { name: 'prefect.flow_runs', level, message, flow_run_id: flowRunId };
      await post('/logs/', [{ ...line, timestamp: new Date().toISOString() }]);
    },
    deployment: (deployment) => idOf('/deployments/', deployment),
    workPool: async (name) => {
      await post('/work_pools/', { name, type: 'process', base_job_template: {} });
    },
    limit: async (name, slots) => {
      await post('/v2/concurrency_limits/', { name, limit: slots });
    },
    takeSlot: async (limit, flowRunId) => {
      const holder = { type: 'flow_run', id: flowRunId };
      const terms = { slots: 1, lease_duration: 300, holder };
      await post('/v2/concurrency_limits/increment-with-lease', { names: [limit], ...terms });
    },
    worker: async (workPool, name) => {
      await post(`/work_pools/${workPool}/workers/heartbeat`, { name });
    },
    artifact: (artifact) => idOf('/artifacts/', artifact),
    post,
  };
};
