import { Command, InvalidArgumentError } from 'commander';

import { readEnvironment, readSettings, type Settings, unknownVariables } from '../settings.ts';
import { addStartOptions, applyStartOptions, type StartOptions } from './start-options.ts';

const readSeconds = (text: string): number => {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new InvalidArgumentError('It must be a number of seconds of at least 0.');
  }
  return seconds;
};

const readOutput = (text: string): 'json' => {
  if (text.toLowerCase() !== 'json') throw new InvalidArgumentError('The only format is json.');
  return 'json';
};

const currentSettings = (): Settings => readSettings(readEnvironment(process.cwd()));

const withoutBackground = (args: readonly string[]): readonly string[] =>
  args.slice(args.indexOf('start') + 1).filter((arg) => arg !== '--background' && arg !== '-b');

const addStart = (server: Command, args: readonly string[]): void => {
  addStartOptions(server.command('start').description('start the server')).action(
    async (options: StartOptions) => {
      const settings = applyStartOptions(currentSettings(), options);
      if (options.analyticsOn === true || options.analyticsOff === true) {
        console.log('There is no telemetry, so the analytics options change nothing.');
      }
      if (options.background === true) {
        const { startInBackground } = await import('./background.ts');
        return startInBackground(settings, withoutBackground(args));
      }
      const { startServer } = await import('./start.ts');
      return startServer(settings, {
        unknownVariables: unknownVariables(readEnvironment(process.cwd())),
      });
    },
  );
};

interface StatusFlags {
  readonly wait?: boolean;
  readonly timeout: number;
  readonly output?: 'json';
}

const addStatus = (server: Command, setExitCode: (code: number) => void): void => {
  server
    .command('status')
    .description('tell whether the server that PREFECT_API_URL names is available')
    .option('--wait', 'wait until it is')
    .option('--no-wait', 'do not wait')
    .option('-t, --timeout <seconds>', 'how long to wait at most; 0 is without end', readSeconds, 0)
    .option('-o, --output <format>', 'print json instead of a sentence', readOutput)
    .action(async ({ wait, timeout, output }: StatusFlags) => {
      const { showStatus } = await import('./status.ts');
      const isAvailable = await showStatus(currentSettings(), {
        isWaiting: wait === true,
        timeoutSeconds: timeout,
        isJson: output === 'json',
      });
      if (!isAvailable) setExitCode(1);
    });
};

const addStop = (server: Command): void => {
  server
    .command('stop')
    .description('stop the server that runs in the background')
    .action(async () => {
      const { stopInBackground } = await import('./background.ts');
      await stopInBackground(currentSettings());
    });
};

const addDatabase = (server: Command): void => {
  const database = server.command('database').description('look after the database');
  database
    .command('upgrade')
    .description('bring the tables up to date')
    .option('-y, --yes', 'do not ask')
    .action(async () => {
      const { upgradeTables } = await import('./database.ts');
      await upgradeTables(currentSettings());
    });
  database
    .command('reset')
    .description('remove all data')
    .option('-y, --yes', 'do not ask')
    .action(async ({ yes }: { readonly yes?: boolean }) => {
      const { resetTables } = await import('./database.ts');
      await resetTables(currentSettings(), { isAgreed: yes === true });
    });
  addImport(database);
};

const addImport = (database: Command): void => {
  database
    .command('import')
    .description("copy a database of Prefect's own server into this one")
    .argument('<database>', 'the path of a SQLite file or the address of a PostgreSQL database')
    .option('--dry-run', 'count what there is, write nothing')
    .action(async (from: string, { dryRun }: { readonly dryRun?: boolean }) => {
      const { importTables } = await import('./import.ts');
      await importTables(currentSettings(), { from, isDry: dryRun === true });
    });
};

const addServices = (server: Command): void => {
  server
    .command('services')
    .description('background services')
    .command('ls')
    .alias('list')
    .description('list them and what turns each on')
    .option('-o, --output <format>', 'print json instead of a table', readOutput)
    .action(async ({ output }: { readonly output?: 'json' }) => {
      const { showServices } = await import('./services.ts');
      showServices(currentSettings(), { isJson: output === 'json' });
    });
};

interface ProgramOptions {
  readonly args: readonly string[];
  readonly setExitCode: (code: number) => void;
}

/** The command line: `prefect server start` and its companions. */
export const createProgram = ({ args, setExitCode }: ProgramOptions): Command => {
  const { serverVersion, prefectVersion } = readSettings({});
  const program = new Command('prefect')
    .description(
      'A server for Prefect flows. Everything but `server` is in the stock client: pip install prefect.',
    )
    .version(
      `prefect-server ${serverVersion} (serves Prefect ${prefectVersion})`,
      '-v, --version',
      'print the version',
    )
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    // Refusals are written by the caller, in one line.
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  const server = program.command('server').description('run the server and look after it');
  addStart(server, args);
  addStatus(server, setExitCode);
  addStop(server);
  addDatabase(server);
  addServices(server);
  return program;
};
