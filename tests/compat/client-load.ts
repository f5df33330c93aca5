import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

import type { Stage } from './client-stories.ts';
import { clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import type { CommandResult } from './run-command.ts';
import { startCommand } from './run-command.ts';

export interface Load {
  readonly processes: number;
  readonly tasks: number;
  /** One address or several; clients take them in turn. */
  readonly urls: readonly string[];
}

/** What clients were told to be stored. */
interface Acknowledged {
  readonly flowRuns: readonly string[];
  readonly states: readonly { readonly id: string; readonly name: string }[];
  readonly logs: number;
}

export interface LoadReport {
  readonly seconds: number;
  readonly acknowledged: {
    readonly flowRuns: number;
    readonly states: number;
    readonly logs: number;
  };
  /** Everything that is not as it should be; empty when the load went well. */
  readonly faults: readonly string[];
}

interface Note {
  readonly flow_run?: string;
  readonly state?: string;
  readonly name?: string;
  readonly logs?: number;
}

const readNotes = (folder: string): Acknowledged => {
  const notes = readdirSync(folder)
    .filter((file) => file.endsWith('.acknowledged'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .filter((line) => line !== '')
    // The lines are written by many_tasks.py.
    .map((line) => JSON.parse(line) as Note);
  return {
    flowRuns: notes.flatMap(({ flow_run: id }) => (id === undefined ? [] : [id])),
    states: notes.flatMap(({ state, name }) =>
      state === undefined ? [] : [{ id: state, name: name ?? '' }],
    ),
    logs: notes.reduce((sum, { logs }) => sum + (logs ?? 0), 0),
  };
};

const call = async <T>(url: string, body?: unknown): Promise<T | null> => {
  const answer = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  // The shapes are those of the recorded answers.
  return answer.ok ? ((await answer.json()) as T) : null;
};

const countLogs = async (url: string, flowRunId: string): Promise<number> => {
  let count = 0;
  for (;;) {
    const page = await call<readonly unknown[]>(`${url}/api/logs/filter`, {
      logs: { flow_run_id: { any_: [flowRunId] } },
      offset: count,
    });
    if (page === null || page.length === 0) return count;
    count += page.length;
  }
};

interface TaskRun {
  readonly state_name: string;
}

const untilTaskRunsCompleted = async (
  url: string,
  flowRunId: string,
  tasks: number,
): Promise<string | null> => {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = await call<readonly TaskRun[]>(`${url}/api/task_runs/filter`, {
      task_runs: { flow_run_id: { any_: [flowRunId] } },
    });
    const completed = found?.filter((run) => run.state_name === 'Completed').length ?? 0;
    if (completed === tasks && found?.length === tasks) return null;
    if (performance.now() > end) {
      return `flow run ${flowRunId}: ${completed} of ${found?.length ?? 0} task runs Completed, wanted ${tasks}`;
    }
    await pause(250);
  }
};

const faultsOfClient = ({ exitCode, stdout, stderr }: CommandResult, index: number): string[] => {
  const troubles = (stdout + stderr)
    .split('\n')
    .filter((line) => /\b(ERROR|CRITICAL|Traceback|Exception)\b/u.test(line));
  return [
    ...(exitCode === 0 ? [] : [`client ${index} ended with ${exitCode}: ${stderr.slice(-600)}`]),
    ...troubles.map((line) => `client ${index}: ${line}`),
  ];
};

const faultsOfFlowRun = async (url: string, id: string, tasks: number): Promise<string[]> => {
  const run = await call<{ state_name: string }>(`${url}/api/flow_runs/${id}`);
  if (run === null) return [`acknowledged flow run ${id} is gone`];
  const ofTasks = await untilTaskRunsCompleted(url, id, tasks);
  return [
    ...(run.state_name === 'Completed' ? [] : [`flow run ${id} is ${run.state_name}`]),
    ...(ofTasks === null ? [] : [ofTasks]),
  ];
};

const faultsOfStore = async (load: Load, acknowledged: Acknowledged): Promise<string[]> => {
  const url = load.urls[0] ?? '';
  const faults: string[] = [];
  let logs = 0;
  for (const id of acknowledged.flowRuns) {
    faults.push(...(await faultsOfFlowRun(url, id, load.tasks)));
    logs += await countLogs(url, id);
  }
  for (const { id, name } of acknowledged.states) {
    const state = await call<{ name: string }>(`${url}/api/flow_run_states/${id}`);
    if (state?.name !== name) faults.push(`acknowledged state ${name} ${id} is gone`);
  }
  if (logs < acknowledged.logs)
    faults.push(`${acknowledged.logs} logs acknowledged, ${logs} there`);
  return faults;
};

/** Asks SQLite itself whether the database files of a server's home are sound. */
export const integrityFaults = (home: string): readonly string[] =>
  readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(db|sqlite3?)$/u.test(file))
    .flatMap((file) => {
      const database = new DatabaseSync(join(home, file), { readOnly: true });
      const rows = database.prepare('PRAGMA integrity_check').all();
      database.close();
      const verdict = rows.map((row) => String(Object.values(row)[0])).join('; ');
      return verdict === 'ok' ? [] : [`${file}: ${verdict}`];
    });

/**
 * Runs many Python processes with one flow each, lets `during` disturb the server meanwhile, and
 * checks that everything acknowledged is stored and every task run Completed.
 */
export const runClientLoad = async (
  stage: Stage,
  load: Load,
  during: () => Promise<void> = () => Promise.resolve(),
): Promise<LoadReport> => {
  const startedAt = performance.now();
  const clients = Array.from({ length: load.processes }, (_, index) =>
    startCommand({
      program: stage.python,
      args: [
        pythonScript('many_tasks.py'),
        String(load.tasks),
        join(stage.folder, `${index}.acknowledged`),
      ],
      env: {
        ...clientSettings(stage),
        PREFECT_HOME: join(stage.folder, `client-${index}`),
        PREFECT_API_URL: `${load.urls[index % load.urls.length]}/api`,
      },
    }),
  );
  const [results] = await Promise.all([
    Promise.all(clients.map((client) => client.done)),
    during(),
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  const acknowledged = readNotes(stage.folder);
  const faults = [...results.flatMap(faultsOfClient), ...(await faultsOfStore(load, acknowledged))];
  if (acknowledged.flowRuns.length !== load.processes) {
    faults.push(`${acknowledged.flowRuns.length} flow runs for ${load.processes} clients`);
  }
  return {
    seconds,
    acknowledged: {
      flowRuns: acknowledged.flowRuns.length,
      states: acknowledged.states.length,
      logs: acknowledged.logs,
    },
    faults,
  };
};
