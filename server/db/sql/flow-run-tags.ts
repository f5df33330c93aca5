import { statement } from '../statement.ts';

/** Flow runs that have a tag, at most so many. */
export const runsWithTag = statement<[tag: string, limit: number], { readonly flowRunId: string }>(
  'SELECT flow_run_id FROM flow_run_tag WHERE tag = ? LIMIT ?',
);
