import type { ObservedApp } from './observed-app.ts';

/** Makes something by a call of the REST door and gives its id. */
export const make = async ({ call }: ObservedApp, path: string, body: object): Promise<string> => {
  const answer = await call(path, body);
  // What was made is answered with its id; anything else is a mistake of the test.
  const { id } = answer.body as { readonly id?: string };
  if (id === undefined) throw new Error(`${path} ${answer.status} ${JSON.stringify(answer.body)}`);
  return id;
};

export const makeFlow = (observed: ObservedApp): Promise<string> =>
  make(observed, '/api/flows/', { name: 'f' });

export const makeDeployment = async (observed: ObservedApp, body: object = {}): Promise<string> =>
  make(observed, '/api/deployments/', { name: 'd', flow_id: await makeFlow(observed), ...body });

/** A run of the flow, or of a deployment when one is given. */
export const makeFlowRun = async (observed: ObservedApp, body: object = {}): Promise<string> =>
  make(observed, '/api/flow_runs/', { flow_id: await makeFlow(observed), ...body });

export interface ToldState {
  readonly type: string;
  readonly name: string;
  readonly state_details: { readonly scheduled_time: string | null };
}

/** The state of a flow run; null when the run is gone. */
export const stateOf = async ({ call }: ObservedApp, id: string): Promise<ToldState | null> => {
  // A run is answered with its state.
  const { body } = await call(`/api/flow_runs/${id}`);
  return (body as { readonly state?: ToldState }).state ?? null;
};
