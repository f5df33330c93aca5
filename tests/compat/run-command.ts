import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly done: Promise<CommandResult>;
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Prefect's own settings, and what names the commit that is being built, after which the client names deployments. */
const NOT_INHERITED = /^(?:PREFECT_|GITHUB_|CI_COMMIT_|BITBUCKET_|BUILD_)/u;

/** Starts a program without what the caller's environment would tell a client, and collects what it prints. */
export const startCommand = (command: Command): RunningCommand => {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: command.cwd,
    env: { ...Object.fromEntries(inherited), COLUMNS: '160', NO_COLOR: '1', ...command.env },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
  const finish = async (): Promise<CommandResult> => {
    await once(child, 'close');
    return { exitCode: child.exitCode, stdout: text(stdout), stderr: text(stderr) };
  };
  return {
    done: finish(),
    output: () => text(stdout) + text(stderr),
    signal: (signal) => void child.kill(signal),
  };
};

/** Runs a program to its end. */
export const runCommand = (command: Command): Promise<CommandResult> => startCommand(command).done;
