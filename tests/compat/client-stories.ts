import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pythonScript } from './python-client.ts';
import { runCommand } from './run-command.ts';

/** Where a story is played: an installed client and the address of a server. */
export interface Stage {
  readonly python: string;
  readonly prefect: string;
  readonly url: string;
  /** A folder for the client's own files. */
  readonly folder: string;
}

/** The settings of a client that talks to the server of a stage. */
export const clientSettings = (stage: Stage): Readonly<Record<string, string>> => ({
  PREFECT_HOME: join(stage.folder, 'client'),
  PREFECT_API_URL: `${stage.url}/api`,
  PREFECT_LOGGING_TO_API_BATCH_INTERVAL: '0.5',
  PREFECT_RUNNER_POLL_FREQUENCY: '1',
  PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
  PREFECT_CLI_WRAP_LINES: 'false',
});

const playScript = async (
  stage: Stage,
  script: string,
  args: readonly string[] = [],
): Promise<unknown> => {
  const { exitCode, stdout, stderr } = await runCommand({
    program: stage.python,
    args: [pythonScript(script), ...args],
    env: clientSettings(stage),
    // In a checkout the client would name deployments after its commit.
    cwd: stage.folder,
  });
  if (exitCode !== 0) throw new Error(`the flow failed:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
};

/** Runs the flow story and gives what the client then read back; throws with its output on failure. */
export const playFlowStory = (stage: Stage): Promise<unknown> => playScript(stage, 'flow_story.py');

/** Runs a flow with tagged tasks and gives how they ended. */
export const playTaggedStory = (stage: Stage): Promise<unknown> =>
  playScript(stage, 'tagged_story.py');

/** Plays work pools, limits and runs of runs, and gives what came of them. */
export const playWorkStory = (stage: Stage): Promise<unknown> => playScript(stage, 'work_story.py');

/** What came of each step of a story. */
export interface StepsTold {
  readonly told: Readonly<Record<string, unknown>>;
}

/** What every method of a client was told; and what nobody asked. */
export interface MethodsTold extends StepsTold {
  readonly 'never asked': readonly string[];
}

/** Calls every public method of one of the two clients of the Python library. */
export const playMethods = async (stage: Stage, kind: 'sync' | 'async'): Promise<MethodsTold> =>
  // The script prints exactly this.
  (await playScript(stage, 'client_methods.py', [kind])) as MethodsTold;

/** Does with the library what users do without a client: all chapters, or those that are named. */
export const playLibrary = async (
  stage: Stage,
  chapters: readonly string[] = [],
): Promise<StepsTold> =>
  // The script prints exactly this.
  (await playScript(stage, 'library_story.py', chapters)) as StepsTold;

export interface CliStep {
  readonly command: string;
  readonly exitCode: number | null;
  readonly output: readonly string[];
}

const plainLines = (
  text: string,
  replacements: readonly (readonly [string, string])[],
): string[] => {
  let plain = text;
  for (const [from, to] of replacements) plain = plain.replaceAll(from, to);
  return plain
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, '<id>')
    .replaceAll(/\b[0-9a-f]{32}\b/gu, '<hash>')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/gu, '<time>')
    .replaceAll(/DateTime\([^)]*\)+|datetime\.datetime\([^)]*\)+/gu, '<time>')
    .replaceAll(/datetime\.timedelta\([^)]*\)/gu, '<duration>')
    .replaceAll(/(_run_time|_time_delta)": [\d.]+/gu, '$1": <duration>')
    .replaceAll(/\b(now|(\d+|a few) (micro|milli)?seconds? (ago|from now))/gu, '<ago>')
    .replaceAll(/(["'│ ])(?!cli-|story-|no-)[a-z]+-[a-z]+(["'│ ])/gu, '$1<name>$2')
    .replaceAll(/[\u2500-\u257f]+/gu, ' ')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/gu, ' ').trim())
    .filter((line) => line !== '');
};

const SOURCE = `
import sys
from prefect import flow

@flow(name="cli-flow", log_prints=True)
def cli_flow(x: int = 1):
    print("x is", x)

if __name__ == "__main__":
    if sys.argv[1] == "run":
        cli_flow()
    else:
        cli_flow.from_source(source=sys.argv[2], entrypoint="cli_flow.py:cli_flow").deploy(
            name="cli-deployment", work_pool_name="cli-pool", parameters={"x": 7}, tags=["cli"],
            description="made by deploy()", ignore_warnings=True, cron="0 6 * * *", print_next_steps=False,
        )
`;

const firstId = (text: string): string =>
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/u.exec(text)?.[0] ?? 'no-id';

/** Calls the command line of the client and gives exit codes and output, without ids and times. */
export const playCliStory = async (stage: Stage): Promise<readonly CliStep[]> => {
  const folder = join(stage.folder, 'flows');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cli_flow.py'), SOURCE);
  const env = clientSettings(stage);
  const steps: CliStep[] = [];
  const raw = async (program: string, args: readonly string[], label: string): Promise<string> => {
    const result = await runCommand({ program, args, env, cwd: folder });
    const output = plainLines(result.stdout + (result.exitCode === 0 ? '' : result.stderr), [
      [stage.url, '<server>'],
      [stage.folder, '<folder>'],
    ]);
    steps.push({ command: label, exitCode: result.exitCode, output });
    return result.stdout;
  };
  const cli = (...args: readonly string[]): Promise<string> =>
    raw(stage.prefect, args, args.join(' ').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, '<id>'));

  await cli('variable', 'set', 'colour', 'blue', '--tag', 'paint');
  await cli('variable', 'set', 'colour', 'red');
  await cli('variable', 'get', 'colour');
  await cli('variable', 'ls');
  await cli('work-pool', 'create', 'cli-pool', '--type', 'process');
  await cli('work-pool', 'ls');
  await raw(stage.python, ['cli_flow.py', 'deploy', folder], 'deploy()');
  await cli('deployment', 'ls');
  await cli('deployment', 'inspect', 'cli-flow/cli-deployment', '-o', 'json');
  const run = await cli('deployment', 'run', 'cli-flow/cli-deployment', '-p', 'x=9');
  const scheduledId = firstId(run.slice(run.indexOf('UUID')));
  await cli('flow-run', 'cancel', scheduledId);
  await cli('flow-run', 'cancel', '00000000-0000-4000-8000-000000000000');
  await raw(stage.python, ['cli_flow.py', 'run'], 'a local run');
  const completed = await cli('flow-run', 'ls', '--state', 'Completed', '-o', 'json');
  await cli('flow-run', 'ls', '--state', 'Cancelled', '--flow-name', 'cli-flow');
  await cli('flow-run', 'inspect', firstId(completed));
  await cli('flow-run', 'logs', firstId(completed));
  await cli('flow-run', 'inspect', scheduledId);
  await cli('artifact', 'ls');
  await cli('artifact', 'inspect', 'no-such-key');
  return steps;
};
