import { choice, flag, optionalText, secret, text, whole } from './kinds.ts';
import { setting } from './setting.ts';
import { apiSettings, uiSettings } from './table-api.ts';
import { databaseSettings } from './table-database.ts';
import { eventSettings, flowRunGraphSettings, logStreamSettings } from './table-events.ts';
import {
  concurrencySettings,
  deploymentSettings,
  taskSettings,
  workerChannelSettings,
} from './table-runs.ts';
import { serviceSettings } from './table-services.ts';

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** Settings that Prefect's clients share with the server, and settings of our own. */
const ownSettings = {
  home: setting('home', text, { fallback: '~/.prefect', about: 'The folder that holds the data.' }),
  prefectVersion: setting('server.reported_version', text, {
    fallback: '3.9.1',
    about:
      'The version of Prefect that clients are told they talk to; clients compare it with their own.',
  }),
  encryptionKey: setting('server.encryption_key', secret, {
    fallback: null,
    alias: 'ORION_ENCRYPTION_KEY',
    about: 'The key of secret block values; one is made and kept with the data when it is not set.',
  }),
  uiUrl: setting('ui_url', optionalText, {
    fallback: null,
    about: 'The address of the dashboard as browsers reach it, for links in messages.',
    ignored: 'no message links to the dashboard yet',
  }),
  testMode: setting('testing.test_mode', flag, {
    fallback: false,
    alias: 'PREFECT_TEST_MODE',
    about:
      "Whether the server tells its process id at `/api/pid`, as Prefect's own does under test.",
  }),
  testingEndpoints: setting('testing.endpoints', flag, {
    fallback: false,
    about:
      'Whether a server that listens on a loopback address offers `/api/_testing`, with which test suites empty it.',
  }),
  client: {
    apiUrl: setting('api.url', optionalText, {
      fallback: null,
      about: 'The address of a running server, for `prefect server status`.',
    }),
    authString: setting('api.auth_string', secret, {
      fallback: null,
      about: 'The `user:password` pair that `prefect server status` brings to that server.',
    }),
  },
};

const processSettings = {
  loggingLevel: setting('server.logging_level', choice(LOG_LEVELS), {
    fallback: 'WARNING',
    alias: 'PREFECT_LOGGING_SERVER_LEVEL',
    about: 'The least severity that is written to the log.',
  }),
  analyticsEnabled: setting('server.analytics_enabled', flag, {
    fallback: true,
    about: 'Whether Prefect sends usage figures home.',
    ignored: 'there is no telemetry',
  }),
  metricsEnabled: setting('server.metrics_enabled', flag, {
    fallback: false,
    alias: 'PREFECT_API_ENABLE_METRICS',
    about: 'Whether figures for Prometheus are served at `/api/metrics`.',
  }),
  logRetryableErrors: setting('server.log_retryable_errors', flag, {
    fallback: false,
    alias: 'PREFECT_API_LOG_RETRYABLE_ERRORS',
    about: 'Whether calls that were answered 503 are written to the log as errors.',
  }),
  registerBlocksOnStart: setting('server.register_blocks_on_start', flag, {
    fallback: true,
    alias: 'PREFECT_API_BLOCKS_REGISTER_ON_START',
    about: 'Whether starting the server brings the catalogue of block types up to date.',
  }),
  memoizeBlockAutoRegistration: setting('server.memoize_block_auto_registration', flag, {
    fallback: true,
    alias: 'PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION',
    about: 'Whether a start leaves a catalogue alone that is in the database already.',
  }),
  memoStorePath: setting('server.memo_store_path', optionalText, {
    fallback: null,
    alias: 'PREFECT_MEMO_STORE_PATH',
    about: 'The file in which Prefect remembers that its catalogue is up to date.',
    ignored: 'the database itself tells',
  }),
};

const docketSettings = {
  name: setting('server.docket.name', text, {
    fallback: 'prefect-server',
    about: "The name of the queue of Prefect's background work.",
    ignored: 'background work is led by a lease in the database',
  }),
  url: setting('server.docket.url', text, {
    fallback: 'memory://',
    about: 'The place of that queue.',
    ignored: 'background work is led by a lease in the database',
  }),
};

const ephemeralSettings = {
  enabled: setting('server.ephemeral.enabled', flag, {
    fallback: false,
    alias: 'PREFECT_SERVER_ALLOW_EPHEMERAL_MODE',
    about: 'Whether a client without a server starts its own for the moment.',
    ignored: "it is the client's, which starts Prefect's own server",
  }),
  startupTimeoutSeconds: setting('server.ephemeral.startup_timeout_seconds', whole({ above: 0 }), {
    fallback: 20,
    about: 'How long a client waits for such a server.',
    ignored: "it is the client's, which starts Prefect's own server",
  }),
};

/** Every setting there is, in the shape in which the server reads them. */
export const settingsTable = {
  ...ownSettings,
  ...processSettings,
  api: apiSettings,
  ui: uiSettings,
  database: databaseSettings,
  services: serviceSettings,
  events: eventSettings,
  concurrency: concurrencySettings,
  deployments: deploymentSettings,
  tasks: taskSettings,
  workerChannel: workerChannelSettings,
  flowRunGraph: flowRunGraphSettings,
  logs: logStreamSettings,
  docket: docketSettings,
  ephemeral: ephemeralSettings,
};
