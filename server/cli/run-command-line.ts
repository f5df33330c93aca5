import { type Command, CommanderError } from 'commander';

import { explainFailure } from './failure.ts';
import { createProgram } from './program.ts';

const FOREIGN = /unknown command '([^']+)'/;

/** Commander's refusal as one line that ends in its cure. */
const explainUsage = ({ message }: CommanderError, args: readonly string[]): string => {
  const line = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  // A proposal stands in brackets at the end.
  const sentence = `${line.charAt(0).toUpperCase()}${line.slice(1)}`.replace(/([^.?])$/, '$1.');
  const isForeign = FOREIGN.test(message) && args[0] !== 'server';
  const cure = isForeign
    ? 'Commands other than `server` are in the stock client: pip install prefect.'
    : '`prefect server --help` lists what there is.';
  return `${sentence} ${cure}`;
};

const showHelp = (program: Command, args: readonly string[]): number => {
  const command = args.reduce<Command>(
    (current, name) => current.commands.find((child) => child.name() === name) ?? current,
    program,
  );
  console.log(command.helpInformation());
  return 0;
};

/** Runs a command line to its end; its exit code. */
export const runCommandLine = async (args: readonly string[]): Promise<number> => {
  let exitCode = 0;
  const program = createProgram({
    args,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // A command that only has commands below it was named alone.
      if (error.code === 'commander.help') return showHelp(program, args);
      console.error(explainUsage(error, args));
      return 1;
    }
    console.error(explainFailure(error));
    return 1;
  }
};
