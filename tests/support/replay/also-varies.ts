import type { Exchange } from './exchange.ts';

/** Values that two runs of the real server do not share, found by replaying against it. */
const ALSO_VARIES: ReadonlyMap<string, readonly string[]> = new Map([
  // Settings of the process under test.
  ['root:45', ['$.server.log_retryable_errors', '$.server.api.port']],
  ['root:59', ['$.server.log_retryable_errors', '$.server.api.port']],
  // Seconds between two requests.
  ['flow_runs:251', ['$']],
  // Which of two runs lasted longer depends on the pace of the replay.
  ['task_runs:393', ['$']],
  ['task_runs:394', ['$']],
  // Which of several runs that are due at the same instant comes first.
  ['ui:1189', ['$']],
  // Short texts of the catalogue that the recording did not blank.
  ['block_types:844', ['$[7].description']],
  ['block_schemas:879', ['$[1].fields.properties.value.description']],
  // Random by nature.
  ['auth_csrf:21', ['$.token']],
  ['auth_csrf:24', ['$.token']],
]);

/** Adds the paths that vary between two runs but are not marked in the recording. */
export const withAlsoVaries = (exchange: Exchange): Exchange => {
  const paths = ALSO_VARIES.get(`${exchange.file}:${exchange.seq}`);
  if (paths === undefined) return exchange;
  return { ...exchange, varies: [...exchange.varies, ...paths] };
};
