import type { CompatDatabaseKind } from './compat-database.ts';

const REAL_FAULT = 'the real server fails with 500 here, this one refuses with a clear error';

const NO_EVALUATION = 'it shows what an automation did, and automations are not evaluated yet';

const READY = 'beside the same message it tells how the services go';

const ON_BOTH: Readonly<Record<string, string>> = {
  'root:4': READY,
  'root:8': READY,
  'root:17': 'the page server of the real one puts another Vary on addresses that it does not know',
  'root:45': 'only settings of the server are shown, not those of a client in the same package',
  'root:48': 'the address of the REST door is the one that the server listens on',
  'root:59': 'only settings of the server are shown, not those of a client in the same package',
  'auth_csrf:13': 'the address of the REST door is the one that the server listens on',
  'flow_runs:194': 'a label that could never be read again is refused at once',
  'flow_runs:195': 'a label that could never be read again was refused, so the run can be read',
  'flow_runs:302': REAL_FAULT,
  'task_runs:402': REAL_FAULT,
  'work_pools:503': 'the real message shows a template that was never filled in',
  'work_pools:525': REAL_FAULT,
  'deployments:605': 'the echo of a refused body is what was sent, without filled-in defaults',
  'deployments:610': REAL_FAULT,
  'deployments:615': REAL_FAULT,
  'deployments:616': 'the echo of a refused body is what was sent, without filled-in defaults',
  'deployments:673': 'the message about an unknown time zone does not list all 600 of them',
  'block_documents:895': REAL_FAULT,
  'concurrency_limits:767': 'the real one shows two taken slots after a reset to one holder',
  'events:1093': 'the real server fails with 500 here, this one counts',
  'scenario_parameters:1366': REAL_FAULT,
  'scenario_automation:1391': NO_EVALUATION,
  'generic_errors:1415': REAL_FAULT,
};

/** The recording was made on SQLite; the real server on PostgreSQL differs in the same lines. */
const ON_POSTGRESQL: Readonly<Record<string, string>> = {
  'flow_runs:243': 'runs without the time come last, not first',
  'flow_runs:244': 'runs without the time come first, not last',
  'task_runs:392': 'runs without the time come first, not last',
  'variables:1031': 'an underscore stands for any character',
};

/**
 * Recorded lines that this server answers differently, as `file:seq` with the reason. A line that
 * no longer differs must be taken out of this list; one that is not in it must not differ.
 */
export const knownDifferencesOn = (kind: CompatDatabaseKind): Readonly<Record<string, string>> =>
  kind === 'postgresql' ? { ...ON_BOTH, ...ON_POSTGRESQL } : ON_BOTH;
