/** How rows of one of our tables come from a table of Prefect. Columns of the same name are copied. */
export interface ImportTable {
  readonly name: string;
  /** The table's name in Prefect, where it differs. */
  readonly from?: string;
  /** Prefect's names of columns, by ours, where they differ. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Columns that refer to rows which come later; they are filled in when those are there. */
  readonly later?: readonly string[];
  /** What makes a row the same as one that is there already under another id; rows that refer to it then refer to that. */
  readonly sameBy?: readonly string[];
  /** The table may be so large that a repeated import goes on where the last one ended. */
  readonly isLarge?: true;
}

/** All tables, those that are referred to before those that refer to them. */
export const IMPORT_TABLES: readonly ImportTable[] = [
  { name: 'configuration', sameBy: ['key'] },
  { name: 'block_type', sameBy: ['slug'] },
  { name: 'block_schema', sameBy: ['checksum', 'version'] },
  { name: 'block_schema_reference' },
  { name: 'block_document', sameBy: ['block_type_id', 'name'] },
  { name: 'block_document_reference' },
  { name: 'variable', sameBy: ['name'] },
  { name: 'saved_search', sameBy: ['name'] },
  { name: 'csrf_token', sameBy: ['client'] },
  { name: 'concurrency_limit', sameBy: ['tag'] },
  { name: 'concurrency_limit_v2', sameBy: ['name'] },
  { name: 'flow', sameBy: ['name'] },
  { name: 'work_pool', sameBy: ['name'] },
  { name: 'work_queue', sameBy: ['work_pool_id', 'name'] },
  { name: 'worker', sameBy: ['work_pool_id', 'name'] },
  { name: 'agent', sameBy: ['name'] },
  {
    name: 'deployment',
    renamed: { job_variables: 'infra_overrides' },
    sameBy: ['flow_id', 'name'],
  },
  { name: 'deployment_schedule' },
  { name: 'deployment_version', renamed: { job_variables: 'infra_overrides' } },
  { name: 'automation' },
  { name: 'automation_bucket' },
  { name: 'automation_related_resource' },
  { name: 'composite_trigger_child_firing' },
  { name: 'automation_held_event' },
  { name: 'automation_event_follower' },
  { name: 'artifact', renamed: { metadata: 'metadata_' }, isLarge: true },
  { name: 'artifact_collection', renamed: { metadata: 'metadata_' }, sameBy: ['key'] },
  { name: 'flow_run', later: ['parent_task_run_id'], isLarge: true },
  { name: 'task_run', isLarge: true },
  { name: 'flow_run_state', isLarge: true },
  { name: 'task_run_state', isLarge: true },
  { name: 'task_run_state_cache', isLarge: true },
  { name: 'flow_run_input', isLarge: true },
  { name: 'log', isLarge: true },
  { name: 'event', from: 'events', isLarge: true },
];

/** Tables of Prefect whose rows are not copied, and why. */
export const NOT_IMPORTED: Readonly<Record<string, string>> = {
  alembic_version: "it tells the state of Prefect's own migrations",
  event_resources: 'it is written anew from the events themselves',
};

/** The table that a column's ids belong to. */
export const REFERENCES: Readonly<Record<string, string>> = {
  flow_id: 'flow',
  deployment_id: 'deployment',
  work_pool_id: 'work_pool',
  work_queue_id: 'work_queue',
  default_queue_id: 'work_queue',
  block_type_id: 'block_type',
  block_schema_id: 'block_schema',
  parent_block_schema_id: 'block_schema',
  reference_block_schema_id: 'block_schema',
  parent_block_document_id: 'block_document',
  reference_block_document_id: 'block_document',
  storage_document_id: 'block_document',
  infrastructure_document_id: 'block_document',
  concurrency_limit_id: 'concurrency_limit_v2',
};
