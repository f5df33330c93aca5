import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import {
  type DeploymentViewRow,
  readDeploymentView,
  readDeploymentViewByName,
} from '#server/db/sql/read-deployment-view.ts';
import type { Query } from '#server/db/statement.ts';

import { type DeploymentView, deploymentViews } from './deployment-view.ts';

const readOne = (ctx: Context, query: Query<DeploymentViewRow>): Promise<DeploymentView | null> =>
  ctx.db.read(function* () {
    const row = yield* one(query);
    if (row === null) return null;
    const [view] = yield* deploymentViews(ctx.db.builder, [row]);
    return view ?? null;
  });

/** The deployment with the id, or null. */
export const readDeployment = (ctx: Context, id: string): Promise<DeploymentView | null> =>
  readOne(ctx, readDeploymentView(id));

/** The deployment of the flow with the name, or null. */
export const readDeploymentByName = (
  ctx: Context,
  { flowName, name }: { readonly flowName: string; readonly name: string },
): Promise<DeploymentView | null> => readOne(ctx, readDeploymentViewByName(flowName, name));
