/**
 * Runs the commands of the stock command line on this server and on a real one and compares what they print.
 *
 *   PREFECT_COMPAT_VENV_3_9_1=/path/to/venv node tests/compat/compare-cli.ts
 *
 * Prints the commands that differ and how many are equal; ends with 1 when one differs that is not known to. Some 240
 * commands on two servers take a few minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  RECORDING_SETTINGS,
  startOurServer,
  startRealServer,
} from '#tests/support/replay/server.ts';

import { KNOWN_DIFFERENCES } from './cli/known-differences.ts';
import { type Blanks, catalogueTexts } from './cli/output.ts';
import { type PlayedStep, playCommands } from './cli/play.ts';
import { pythonClient } from './python-client.ts';

const client = await pythonClient('3.9.1');
if ('skipped' in client) throw new Error(`no Prefect 3.9.1 client: ${client.skipped}`);

const env = { ...RECORDING_SETTINGS, PREFECT_SERVER_ANALYTICS_ENABLED: 'false' };
const servers = await Promise.all([
  startRealServer(client.prefect, { env }),
  startOurServer({ env }),
]);

const playOn = async (url: string, catalogues: Blanks): Promise<readonly PlayedStep[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'prefect-cli-'));
  try {
    return await playCommands({ ...client, url, folder }, catalogues);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const play = async () => {
  const catalogues = (await Promise.all(servers.map(({ url }) => catalogueTexts(url)))).flat();
  return Promise.all(servers.map(({ url }) => playOn(url, catalogues)));
};

/** The lines that only one of two outputs has, in order. */
const difference = (real: readonly string[], ours: readonly string[]): readonly string[] => [
  ...real.filter((line) => !ours.includes(line)).map((line) => `  - ${line}`),
  ...ours.filter((line) => !real.includes(line)).map((line) => `  + ${line}`),
];

const isSame = (real: PlayedStep, ours: PlayedStep): boolean =>
  real.exit === ours.exit && real.lines.join('\n') === ours.lines.join('\n');

const show = (real: PlayedStep, ours: PlayedStep): void => {
  console.log(`prefect ${real.command}`);
  if (real.exit !== ours.exit) console.log(`  exit ${real.exit}, here ${ours.exit}`);
  for (const line of difference(real.lines, ours.lines)) console.log(line.slice(0, 400));
};

const report = (real: readonly PlayedStep[], ours: readonly PlayedStep[]): number => {
  const counts = { equal: 0, known: 0, different: 0 };
  for (const [index, expected] of real.entries()) {
    const actual = ours[index];
    if (actual === undefined) throw new Error('One server was asked less than the other.');
    const reason = KNOWN_DIFFERENCES[expected.command];
    if (isSame(expected, actual)) counts.equal += 1;
    else if (reason === undefined) {
      counts.different += 1;
      show(expected, actual);
    } else {
      counts.known += 1;
      console.log(`prefect ${expected.command}\n  ${reason}`);
    }
  }
  const { equal, known, different } = counts;
  console.log(
    `${real.length} commands: ${equal} equal, ${known} known to differ, ${different} different`,
  );
  return different;
};

try {
  const [real = [], ours = []] = await play();
  process.exitCode = report(real, ours) === 0 ? 0 : 1;
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}
