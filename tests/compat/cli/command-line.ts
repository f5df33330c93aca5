import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { pythonScript } from '../python-client.ts';

export interface CommandAnswer {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** The stock command line, loaded once: a command costs a fork instead of a start of Python. */
export interface CommandLine {
  /** Runs one command to its end; one after the other. */
  run(args: readonly string[]): Promise<CommandAnswer>;
  close(): void;
}

export interface CommandLineOptions {
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Starts the command line of an installation with settings of its own. */
export const openCommandLine = ({ python, env, cwd }: CommandLineOptions): CommandLine => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PREFECT_'));
  const child = spawn(python, [pythonScript('cli_commands.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...Object.fromEntries(inherited), COLUMNS: '600', NO_COLOR: '1', ...env },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (args) => {
      child.stdin.write(`${JSON.stringify({ args, cwd })}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('The command line ended by itself.');
      // The script beside this file writes nothing else.
      return JSON.parse(value) as CommandAnswer;
    },
    close: () => child.stdin.end(),
  };
};
