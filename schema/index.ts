import './shared/scalars.ts';
import './shared/roots.ts';
import './flow/queries.ts';
import './flow-run/queries.ts';
import './task-run/queries.ts';
import './task-run/subflow-run.ts';
import './state/queries.ts';
import './deployment/queries.ts';
import './work-pool/queries.ts';
import './work-queue/queries.ts';
import './artifact/queries.ts';
import './log/queries.ts';
import './variable/queries.ts';
import './flow-run/subscriptions.ts';
import './task-run/subscriptions.ts';
import './log/subscriptions.ts';
import './deployment/subscriptions.ts';
import './work-pool/subscriptions.ts';
import './work-queue/subscriptions.ts';
import { builder } from './builder.ts';

/** The GraphQL schema of the server. */
export const schema = builder.toSchema({ sortSchema: false });
