import { RECORDING_SETTINGS } from '#tests/support/replay/server.ts';

/** Settings of both servers during a walk. */
export const WALK_SETTINGS: Readonly<Record<string, string>> = {
  ...RECORDING_SETTINGS,
  PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
};

/** More of them for the real server, which is to do nothing by itself and tell of what is there now. */
export const QUIET: Readonly<Record<string, string>> = {
  PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
  PREFECT_SERVER_EVENTS_RELATED_RESOURCE_CACHE_TTL: 'PT0S',
  PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_ENABLED: 'false',
  PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED: 'false',
};

/** On SQLite it bears nobody who writes beside the walk. */
export const ALONE: Readonly<Record<string, string>> = {
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED: 'false',
};
