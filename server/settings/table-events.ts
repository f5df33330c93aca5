import { duration, flag, text, whole } from './kinds.ts';
import { setting } from './setting.ts';

const key = (name: string): string => `server.events.${name}`;

/** Events, and the triggers that wait for them. */
export const eventSettings = {
  streamOutEnabled: setting(key('stream_out_enabled'), flag, {
    fallback: true,
    alias: 'PREFECT_API_EVENTS_STREAM_OUT_ENABLED',
    about:
      'Whether a socket for events is sent new ones; what was stored before is sent in any case.',
  }),
  relatedResourceCacheTtlSeconds: setting(
    key('related_resource_cache_ttl'),
    duration({ atLeast: 0 }),
    {
      fallback: 300,
      alias: 'PREFECT_API_EVENTS_RELATED_RESOURCE_CACHE_TTL',
      about: 'How long Prefect remembers the resources that an event is related to.',
      ignored: 'they are read with the run in the statement that changes it',
    },
  ),
  maximumLabelsPerResource: setting(key('maximum_labels_per_resource'), whole({ atLeast: 0 }), {
    fallback: 500,
    alias: 'PREFECT_EVENTS_MAXIMUM_LABELS_PER_RESOURCE',
    about: 'The most labels that one resource of an event may have.',
  }),
  maximumRelatedResources: setting(key('maximum_related_resources'), whole({ atLeast: 0 }), {
    fallback: 100,
    alias: 'PREFECT_EVENTS_MAXIMUM_RELATED_RESOURCES',
    about: 'The most related resources that an event may name.',
  }),
  maximumSizeBytes: setting(key('maximum_size_bytes'), whole({ atLeast: 0 }), {
    fallback: 1_500_000,
    alias: 'PREFECT_EVENTS_MAXIMUM_SIZE_BYTES',
    about: 'The most that one event may weigh as JSON.',
  }),
  expiredBucketBufferSeconds: setting(key('expired_bucket_buffer'), duration({ atLeast: 0 }), {
    fallback: 60,
    alias: 'PREFECT_EVENTS_EXPIRED_BUCKET_BUFFER',
    about: "How long a trigger's count is kept after its time has passed.",
    ignored: 'triggers are not built yet',
  }),
  proactiveGranularitySeconds: setting(key('proactive_granularity'), duration({ above: 0 }), {
    fallback: 5,
    alias: 'PREFECT_EVENTS_PROACTIVE_GRANULARITY',
    about: 'How often triggers that wait for something that did not happen are looked at.',
    ignored: 'triggers are not built yet',
  }),
  retentionPeriodSeconds: setting(key('retention_period'), duration({ above: 0 }), {
    fallback: 604_800,
    alias: 'PREFECT_EVENTS_RETENTION_PERIOD',
    about: 'How long events are kept.',
  }),
  maximumWebsocketBackfillSeconds: setting(
    key('maximum_websocket_backfill'),
    duration({ atLeast: 0 }),
    {
      fallback: 900,
      alias: 'PREFECT_EVENTS_MAXIMUM_WEBSOCKET_BACKFILL',
      about: 'How far back a socket may ask for past events.',
    },
  ),
  websocketBackfillPageSize: setting(key('websocket_backfill_page_size'), whole({ above: 0 }), {
    fallback: 250,
    alias: 'PREFECT_EVENTS_WEBSOCKET_BACKFILL_PAGE_SIZE',
    about: 'How many past events are read at a time for a socket, at most.',
  }),
  messagingBroker: setting(key('messaging_broker'), text, {
    fallback: 'prefect.server.utilities.messaging.memory',
    alias: 'PREFECT_MESSAGING_BROKER',
    about: 'The Python module that carries messages between parts of the server.',
    ignored: 'events are handed on through the database, with LISTEN and NOTIFY on PostgreSQL',
  }),
  messagingCache: setting(key('messaging_cache'), text, {
    fallback: 'prefect.server.utilities.messaging.memory',
    alias: 'PREFECT_MESSAGING_CACHE',
    about: 'The Python module that remembers messages already seen.',
    ignored: 'an event is known by its id in the database',
  }),
  causalOrdering: setting(key('causal_ordering'), text, {
    fallback: 'prefect.server.events.ordering.memory',
    about: 'The Python module that puts events into the order of their causes.',
    ignored: 'events are read in the order of their recording',
  }),
  maximumEventNameLength: setting(key('maximum_event_name_length'), whole({ above: 0 }), {
    fallback: 1024,
    about: 'The most characters that the name of an event may have.',
  }),
};

/** The graph of a flow run. */
export const flowRunGraphSettings = {
  maxNodes: setting('server.flow_run_graph.max_nodes', whole({ atLeast: 0 }), {
    fallback: 10_000,
    alias: 'PREFECT_API_MAX_FLOW_RUN_GRAPH_NODES',
    about: 'The most nodes that the graph of a flow run may have.',
  }),
  maxArtifacts: setting('server.flow_run_graph.max_artifacts', whole({ atLeast: 0 }), {
    fallback: 10_000,
    alias: 'PREFECT_API_MAX_FLOW_RUN_GRAPH_ARTIFACTS',
    about: 'The most artifacts that the graph of a flow run shows.',
  }),
};

/** The socket that streams logs. */
export const logStreamSettings = {
  streamOutEnabled: setting('server.logs.stream_out_enabled', flag, {
    fallback: false,
    about: "Whether logs can be followed on Prefect's own socket.",
  }),
  streamPublishingEnabled: setting('server.logs.stream_publishing_enabled', flag, {
    fallback: false,
    about:
      "Whether new logs are sent to Prefect's own socket; both this and the setting above must be on.",
  }),
};
