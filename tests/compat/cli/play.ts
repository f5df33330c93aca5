import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Stage, clientSettings } from '../client-stories.ts';
import { pythonScript } from '../python-client.ts';
import { runCommand } from '../run-command.ts';
import { type CommandAnswer, type CommandLine, openCommandLine } from './command-line.ts';
import { type Blanks, plainLines } from './output.ts';
import {
  ABOUT_FLOWS,
  AT_THE_END,
  BEFORE_FLOWS,
  type CliStep,
  ON_AN_EMPTY_SERVER,
} from './steps.ts';

/** What a command did on one server, without what two servers cannot share. */
export interface PlayedStep {
  readonly command: string;
  readonly exit: number;
  readonly lines: readonly string[];
}

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/u;
const MOST_REPEATS = 15;

const wordsOf = (command: string): readonly string[] =>
  Array.from(command.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/gu), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/gu, '$1'),
  );

const idAfter = (text: string, mark: string): string =>
  ID.exec(text.slice(Math.max(0, text.indexOf(mark))))?.[0] ?? 'no-id-was-printed';

interface Player {
  readonly main: CommandLine;
  /** For what goes on while a command waits. */
  readonly aside: CommandLine;
  readonly saved: Map<string, string>;
  readonly blanks: Blanks;
}

const filled = (command: string, { saved }: Player): string =>
  command.replaceAll(
    /\{\{(\w+)\}\}/gu,
    (_all, name: string) => saved.get(name) ?? 'no-id-was-saved',
  );

const runWith = async (player: Player, step: CliStep): Promise<CommandAnswer> => {
  const running = player.main.run(wordsOf(filled(step.command, player)));
  if (step.meanwhile === undefined) return running;
  let isOver = false;
  const repeat = async (left: number): Promise<void> => {
    if (isOver || left === 0) return;
    await player.aside.run(wordsOf(step.meanwhile ?? ''));
    await repeat(left - 1);
  };
  const [answer] = await Promise.all([
    running.finally(() => {
      isOver = true;
    }),
    repeat(MOST_REPEATS),
  ]);
  return answer;
};

const playStep = async (player: Player, step: CliStep): Promise<PlayedStep> => {
  const { exit, out, err } = await runWith(player, step);
  if (step.save !== undefined) player.saved.set(step.save.name, idAfter(out, step.save.after));
  const lines = plainLines(out + err, player.blanks);
  const { about } = step;
  const kept =
    about === undefined ? lines : lines.filter((line) => line.includes(about)).slice(0, 1);
  return { command: step.command, exit, lines: kept };
};

const playAll = async (
  player: Player,
  steps: readonly CliStep[],
): Promise<readonly PlayedStep[]> => {
  const [first, ...rest] = steps;
  if (first === undefined) return [];
  return [await playStep(player, first), ...(await playAll(player, rest))];
};

/**
 * Plays all commands on a server, which must be new; the texts of the catalogues count for nothing. Throws when the
 * flows between the commands do not run.
 */
export const playCommands = async (
  stage: Stage,
  catalogues: Blanks,
): Promise<readonly PlayedStep[]> => {
  const folder = join(stage.folder, 'flows');
  mkdirSync(folder, { recursive: true });
  const env = { ...clientSettings(stage), PREFECT_SERVER_LOGGING_LEVEL: 'ERROR' };
  const open = () => openCommandLine({ python: stage.python, env, cwd: folder });
  const blanks: Blanks = [
    // Before the address: a logo's begins with it.
    ...catalogues,
    [stage.url, '<server>'],
    [new URL(stage.url).host, '<host>'],
    [stage.folder, '<folder>'],
  ];
  const player: Player = { main: open(), aside: open(), saved: new Map(), blanks };
  try {
    const before = await playAll(player, [...ON_AN_EMPTY_SERVER, ...BEFORE_FLOWS]);
    const args = [pythonScript('cli_setup.py'), folder];
    const setUp = await runCommand({ program: stage.python, args, env, cwd: folder });
    if (setUp.exitCode !== 0)
      throw new Error(`the flows failed:\n${setUp.stdout}\n${setUp.stderr}`);
    const after = await playAll(player, [...ABOUT_FLOWS, ...AT_THE_END]);
    return [...before, ...after];
  } finally {
    player.main.close();
    player.aside.close();
  }
};
