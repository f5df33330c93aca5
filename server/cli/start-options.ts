import { type Command, InvalidArgumentError, Option } from 'commander';

import { type Settings, withSettings } from '../settings.ts';
import type { Kind } from '../settings/kinds.ts';
import { settingsTable } from '../settings/table.ts';

/** What `prefect server start` was asked for; what is absent is left to the settings. */
export interface StartOptions {
  readonly host?: string;
  readonly port?: number;
  readonly keepAliveTimeout?: number;
  readonly logLevel?: Settings['loggingLevel'];
  readonly ui?: boolean;
  readonly scheduler?: boolean;
  readonly lateRuns?: boolean;
  readonly services: boolean;
  readonly analyticsOn?: boolean;
  readonly analyticsOff?: boolean;
  readonly background?: boolean;
}

/** An option is read as its setting is, so that both accept and refuse the same. */
const readAs =
  <Value>({ parse, expects }: Kind<Value>) =>
  (text: string): Value => {
    const value = parse(text);
    if (value === undefined) throw new InvalidArgumentError(`It must be ${expects}.`);
    return value;
  };

const requireOneWorker = (text: string): number => {
  if (text.trim() === '1') return 1;
  throw new InvalidArgumentError(
    'A process is one worker: start more of them on one PostgreSQL database instead.',
  );
};

const { api, loggingLevel } = settingsTable;

/** Adds a pair of options that turn something on or off; neither leaves it to the setting. */
const addSwitch = (command: Command, name: string, what: string): Command =>
  command.option(`--${name}`, `run ${what}`).option(`--no-${name}`, `do not run ${what}`);

/** Adds all options of `prefect server start` to a command. */
export const addStartOptions = (command: Command): Command => {
  command
    .option('--host <address>', 'the address to listen on', readAs(api.host.kind))
    .option('--port <number>', 'the port to listen on', readAs(api.port.kind))
    .option(
      '--keep-alive-timeout <seconds>',
      'how long idle connections are kept',
      readAs(api.keepaliveTimeoutSeconds.kind),
    )
    .option('--log-level <level>', 'the least severity that is logged', readAs(loggingLevel.kind));
  addSwitch(command, 'ui', 'the dashboard');
  addSwitch(command, 'scheduler', 'the scheduler');
  addSwitch(command, 'late-runs', 'the service that marks late runs');
  return command
    .option('--no-services', 'run no background services in this process')
    .option('--analytics-on', 'accepted without an effect: there is no telemetry')
    .option('--analytics-off', 'accepted without an effect: there is no telemetry')
    .option('-b, --background', 'run in the background')
    .addOption(new Option('--no-background', 'run in the foreground').hideHelp())
    .addOption(
      new Option('--workers <count>', 'processes that serve')
        .argParser(requireOneWorker)
        .hideHelp(),
    );
};

/** The given settings, with what the options ask for in place of them. */
export const applyStartOptions = (settings: Settings, options: StartOptions): Settings =>
  withSettings(settings, {
    loggingLevel: options.logLevel,
    api: {
      host: options.host,
      port: options.port,
      keepaliveTimeoutSeconds: options.keepAliveTimeout,
    },
    ui: { enabled: options.ui },
    services: {
      enabled: options.services ? undefined : false,
      scheduler: { enabled: options.scheduler },
      lateRuns: { enabled: options.lateRuns },
    },
  });
