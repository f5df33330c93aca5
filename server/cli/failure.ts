import { isServerError, toError } from '../errors.ts';

/** A refusal of the command line itself: one sentence with the cause and the cure. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

/** Makes a path's failure a sentence that names the cure. */
export const pathFailure = (action: string, { path, error, cure }: PathFailure): CommandFailure => {
  const code = codeOf(toError(error));
  return new CommandFailure(
    `${action} ${path} failed (${code || toError(error).message}). ${cure}`,
    { cause: error },
  );
};

interface PathFailure {
  readonly path: string;
  readonly error: unknown;
  readonly cure: string;
}

/** What to tell a person about anything that was thrown: one line for what they can mend, the stack for a bug. */
export const explainFailure = (thrown: unknown): string => {
  const error = toError(thrown);
  if (error instanceof CommandFailure || isServerError(error))
    return error.message.replaceAll(/\s*\n\s*/g, ' ');
  return `This is a fault of prefect-server, please report it.\n${error.stack ?? error.message}`;
};
