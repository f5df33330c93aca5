import type { DialectName } from '#server/db/dialect.ts';

export interface SeedOptions {
  readonly runs: number;
  /** Further runs of one pool, all scheduled for later. */
  readonly scheduled: number;
  /** Further runs, completed within the last 24 hours. */
  readonly dayRuns: number;
  /** Log lines of one of the runs. */
  readonly bigLog: number;
  readonly nowMicros: number;
}

export interface SeedStatement {
  readonly table: string;
  readonly sql: string;
}

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
const FLOWS = 50;
const DEPLOYMENTS = 100;
const POOLS = 3;
const DETAILED_RUNS = 50_000;
const TASKS = 5;
const LOGS = 10;

const wordsOf = (dialect: DialectName) => {
  const isSqlite = dialect === 'sqlite';
  const hex = (value: string, width: number): string =>
    isSqlite ? `printf('%0${width}x', ${value})` : `lpad(to_hex(${value}), ${width}, '0')`;
  return {
    hex,
    /** The numbers from 0 up to one less than the count, as `n.i`. */
    series: (count: number): string =>
      isSqlite
        ? `(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < ${count}) SELECT i FROM s WHERE i < ${count}) AS n`
        : `(SELECT i FROM generate_series(0::BIGINT, ${count - 1}) AS g(i)) AS n`,
    /** A UUID that sorts by an instant, of a kind of rows told by three hexadecimal digits. */
    id: (kind: string, micros: string, number: string): string => {
      const time = hex(`((${micros}) / 1000)`, 12);
      return `(substr(${time}, 1, 8) || '-' || substr(${time}, 9, 4) || '-7${kind}-8000-' || ${hex(number, 12)})`;
    },
    json: (text: string): string => (isSqlite ? text : `CAST(${text} AS JSONB)`),
    /** One word of a list. */
    pick: (words: readonly string[], index: string): string =>
      `CASE (${index}) % ${words.length} ${words.map((word, at) => `WHEN ${at} THEN '${word}'`).join(' ')} END`,
  };
};

const ADJECTIVES = ['amber', 'brave', 'calm', 'daring', 'eager', 'fancy', 'gentle', 'happy'];
const NOUNS = ['otter', 'falcon', 'badger', 'lynx', 'heron', 'marten', 'bison', 'ibex', 'gecko'];
const TEAMS = ['data', 'ml', 'web', 'ops', 'finance'];
const POLICY = `'{"retries":0,"retry_delay":0,"pause_keys":[],"resuming":false,"retry_type":null}'`;

type Words = ReturnType<typeof wordsOf>;

/** Which runs there are: number, expected start, kind of state, start, end and deployment of each. */
const runsOf = (words: Words, { runs, scheduled, dayRuns, nowMicros }: SeedOptions): string => {
  const first = nowMicros - 30 * DAY;
  const step = Math.floor((30 * DAY - 300 * SECOND) / Math.max(1, runs));
  const dayStep = Math.floor((DAY - 300 * SECOND) / Math.max(1, dayRuns));
  const all = `SELECT n.i,
      CASE WHEN n.i < ${runs} THEN ${first} + n.i * ${step}
        WHEN n.i < ${runs + scheduled} THEN ${nowMicros + 7200 * SECOND} + (n.i - ${runs}) * ${10 * SECOND}
        ELSE ${nowMicros - DAY} + (n.i - ${runs + scheduled}) * ${dayStep} END AS at,
      CASE WHEN n.i < ${runs} THEN (n.i * 7919 + n.i / 100) % 100 WHEN n.i < ${runs + scheduled} THEN 95 ELSE 0 END AS x,
      n.i % ${DEPLOYMENTS} AS dep
    FROM ${words.series(runs + scheduled + dayRuns)}`;
  return `(SELECT r.*, CASE WHEN x < 85 THEN 'COMPLETED' WHEN x < 90 THEN 'FAILED' WHEN x < 93 THEN 'CRASHED'
      WHEN x < 98 THEN 'SCHEDULED' ELSE 'RUNNING' END AS type,
    CASE WHEN x < 85 THEN 'Completed' WHEN x < 90 THEN 'Failed' WHEN x < 93 THEN 'Crashed'
      WHEN x < 98 THEN 'Scheduled' ELSE 'Running' END AS name,
    CASE WHEN x >= 93 AND x < 98 THEN NULL ELSE at + ${SECOND / 2} + (i * 104729) % ${5 * SECOND} END AS began,
    CASE WHEN x >= 93 THEN 0 ELSE ${SECOND} + (i * 15485863) % ${180 * SECOND} END AS took,
    at - ${600 * SECOND} AS made FROM (${all}) AS r) AS run`;
};

const entities = (words: Words, { nowMicros }: SeedOptions): readonly SeedStatement[] => {
  const t0 = String(nowMicros - 30 * DAY);
  const { id, json, pick, series } = words;
  const queue = id('003', t0, `n.i % ${POOLS}`);
  return [
    {
      table: 'flow',
      sql: `INSERT INTO flow (id, created, updated, name, tags, labels)
        SELECT ${id('001', t0, 'n.i')}, ${t0}, ${t0}, 'flow-' || n.i, ${json(`'["team:' || ${pick(TEAMS, 'n.i')} || '"]'`)}, ${json("'{}'")}
        FROM ${series(FLOWS)}`,
    },
    {
      table: 'work_pool',
      sql: `INSERT INTO work_pool (id, created, updated, name, type, base_job_template, is_paused, status, default_queue_id, storage_configuration)
        SELECT ${id('002', t0, 'n.i')}, ${t0}, ${t0}, CASE n.i WHEN ${POOLS} THEN 'sched-pool' ELSE 'pool-' || n.i END, 'process',
          ${json("'{}'")}, FALSE, 'NOT_READY', ${id('003', t0, 'n.i')}, ${json("'{}'")}
        FROM ${series(POOLS + 1)}`,
    },
    {
      table: 'work_queue',
      sql: `INSERT INTO work_queue (id, created, updated, name, description, is_paused, priority, status, work_pool_id)
        SELECT ${id('003', t0, 'n.i')}, ${t0}, ${t0}, 'default', 'The default queue.', FALSE, 1, 'NOT_READY', ${id('002', t0, 'n.i')}
        FROM ${series(POOLS + 1)}`,
    },
    {
      table: 'deployment',
      sql: `INSERT INTO deployment (id, created, updated, name, flow_id, paused, status, work_queue_id, work_queue_name, job_variables,
          parameters, enforce_parameter_schema, tags, labels)
        SELECT ${id('004', t0, 'n.i')}, ${t0}, ${t0}, 'dep-' || n.i, ${id('001', t0, `n.i % ${FLOWS}`)}, FALSE, 'NOT_READY', ${queue}, 'default',
          ${json("'{}'")}, ${json(`'{"n":1}'`)}, FALSE, ${json("'[]'")}, ${json("'{}'")}
        FROM ${series(DEPLOYMENTS)}`,
    },
  ];
};

const flowRuns = (words: Words, options: SeedOptions): SeedStatement => {
  const { id, json, pick } = words;
  const t0 = String(options.nowMicros - 30 * DAY);
  const isExtra = `run.i >= ${options.runs} AND run.i < ${options.runs + options.scheduled}`;
  const tags = `'["team:' || ${pick(TEAMS, 'run.dep')} || '","' || CASE WHEN run.i % 5 < 3 THEN 'env:prod' ELSE 'env:dev' END || '"'
    || CASE WHEN run.i % 997 = 0 THEN ',"rare"' ELSE '' END || ']'`;
  return {
    table: 'flow_run',
    sql: `INSERT INTO flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_id, work_queue_name, flow_version, parameters,
        context, empirical_policy, tags, labels, job_variables, auto_scheduled, state_id, state_type, state_name, state_timestamp, run_count,
        expected_start_time, next_scheduled_start_time, start_time, end_time, total_run_time)
      SELECT ${id('005', 'run.made', 'run.i')}, run.made, run.at,
        ${pick(ADJECTIVES, 'run.i * 7')} || '-' || ${pick(NOUNS, 'run.i * 5')} || '-' || (run.i * 31) % 1000,
        ${id('001', t0, `run.dep % ${FLOWS}`)}, ${id('004', t0, 'run.dep')},
        CASE WHEN ${isExtra} THEN ${id('003', t0, String(POOLS))} ELSE ${id('003', t0, `run.dep % ${POOLS}`)} END,
        'default', '1.0', ${json(`'{"n":' || run.i % 1000 || ',"source":"s3://bucket/part-' || run.i % 97 || '"}'`)}, ${json("'{}'")},
        ${json(POLICY)}, ${json(tags)}, ${json("'{}'")}, ${json("'{}'")}, (run.type = 'SCHEDULED'),
        ${id('006', 'coalesce(run.began + run.took, run.made)', `run.i * 3 + CASE WHEN run.began IS NULL THEN 0 ELSE 2 END`)}, run.type, run.name,
        coalesce(run.began + run.took, run.made), CASE WHEN run.began IS NULL THEN 0 ELSE 1 END, run.at,
        CASE WHEN run.began IS NULL THEN run.at END, run.began, CASE WHEN run.took > 0 THEN run.began + run.took END, run.took
      FROM ${runsOf(words, options)}`,
  };
};

const flowRunStates = (words: Words, options: SeedOptions): SeedStatement => {
  const { id, json, series } = words;
  const at = `CASE n.i WHEN 0 THEN run.made WHEN 1 THEN run.began - 400000 ELSE run.began + run.took END`;
  return {
    table: 'flow_run_state',
    sql: `INSERT INTO flow_run_state (id, created, updated, flow_run_id, type, timestamp, name, state_details)
      SELECT ${id('006', at, 'run.i * 3 + n.i')}, ${at}, ${at}, ${id('005', 'run.made', 'run.i')},
        CASE n.i WHEN 0 THEN 'SCHEDULED' WHEN 1 THEN 'PENDING' ELSE run.type END, ${at},
        CASE n.i WHEN 0 THEN 'Scheduled' WHEN 1 THEN 'Pending' ELSE run.name END, ${json("'{}'")}
      FROM ${runsOf(words, options)} CROSS JOIN ${series(3)} WHERE n.i = 0 OR run.began IS NOT NULL`,
  };
};

const details = (words: Words, options: SeedOptions): readonly SeedStatement[] => {
  const { id, json, series } = words;
  const from = options.runs - DETAILED_RUNS;
  const runs = `${runsOf(words, options)} CROSS JOIN ${series(TASKS)}
    WHERE run.i >= ${from} AND run.i < ${options.runs} AND run.began IS NOT NULL`;
  const started = `run.began + n.i * 1000`;
  const number = `run.i * ${TASKS} + n.i`;
  const last = `CASE WHEN n.i < ${TASKS - 1} THEN 'COMPLETED' ELSE run.type END`;
  const lastName = `CASE WHEN n.i < ${TASKS - 1} THEN 'Completed' ELSE run.name END`;
  return [
    {
      table: 'task_run',
      sql: `INSERT INTO task_run (id, created, updated, name, flow_run_id, task_key, dynamic_key, flow_run_run_count, empirical_policy,
          task_inputs, tags, labels, state_id, state_type, state_name, state_timestamp, run_count, expected_start_time, start_time, end_time, total_run_time)
        SELECT ${id('007', started, number)}, ${started}, ${started}, 'step-' || n.i, ${id('005', 'run.made', 'run.i')}, 'step_' || n.i, '0', 1,
          ${json(POLICY)}, ${json("'{}'")}, ${json("'[]'")}, ${json("'{}'")}, ${id('008', started, number)}, ${last}, ${lastName}, ${started}, 1,
          ${started}, ${started}, CASE WHEN run.took > 0 THEN ${started} + run.took / 6 END, run.took / 6
        FROM ${runs}`,
    },
    {
      table: 'task_run_state',
      sql: `INSERT INTO task_run_state (id, created, updated, task_run_id, type, timestamp, name, state_details)
        SELECT ${id('008', started, number)}, ${started}, ${started}, ${id('007', started, number)}, ${last}, ${started}, ${lastName}, ${json("'{}'")}
        FROM ${runs}`,
    },
    {
      table: 'log',
      sql: `INSERT INTO log (created, name, level, flow_run_id, message, timestamp)
        SELECT run.began, 'prefect.flow_runs', CASE n.i WHEN 4 THEN 30 WHEN 6 THEN 10 WHEN 9 THEN 40 ELSE 20 END, ${id('005', 'run.made', 'run.i')},
          'Loaded ' || (run.i * 31 + n.i) || ' rows from source table', run.began + n.i * 1000000
        FROM ${runsOf(words, options)} CROSS JOIN ${series(LOGS)} WHERE run.i >= ${from} AND run.i < ${options.runs} AND run.began IS NOT NULL`,
    },
    {
      table: 'log',
      sql: `INSERT INTO log (created, name, level, flow_run_id, message, timestamp)
        SELECT ${options.nowMicros}, 'prefect.flow_runs', CASE WHEN n.i % 1000 = 999 THEN 40 ELSE 20 END,
          (SELECT min(id) FROM flow_run WHERE name = 'amber-otter-0'),
          'Wrote partition ' || n.i || CASE n.i WHEN ${Math.floor(options.bigLog * 0.9)} THEN ' needle-in-haystack' ELSE '' END, ${options.nowMicros - 7200 * SECOND} + n.i * 10000
        FROM ${series(options.bigLog)}`,
    },
  ];
};

/** The statements that fill an empty database, in their order. */
export const seedStatements = (
  dialect: DialectName,
  options: SeedOptions,
): readonly SeedStatement[] => {
  const words = wordsOf(dialect);
  return [
    ...entities(words, options),
    flowRuns(words, options),
    flowRunStates(words, options),
    ...details(words, options),
  ];
};
