import { flag, number, optionalText, duration, secret, text, whole } from './kinds.ts';
import { setting } from './setting.ts';

const key = (name: string): string => `server.api.${name}`;

/** How the server listens and whom it answers. */
export const apiSettings = {
  authString: setting(key('auth_string'), secret, {
    fallback: null,
    about:
      'A `user:password` pair that every request and socket must bring; no authentication when it is not set.',
  }),
  host: setting(key('host'), text, {
    fallback: '127.0.0.1',
    about: 'The address the server listens on.',
  }),
  port: setting(key('port'), whole({ atLeast: 0, atMost: 65_535 }), {
    fallback: 4200,
    about: 'The port the server listens on; 0 takes any free one.',
  }),
  basePath: setting(key('base_path'), optionalText, {
    fallback: null,
    about: 'The path the REST interface stands under; `/api` when it is not set.',
  }),
  defaultLimit: setting(key('default_limit'), whole({ atLeast: 0 }), {
    fallback: 200,
    alias: 'PREFECT_API_DEFAULT_LIMIT',
    about:
      'How many rows a list holds when the caller names no limit, and the most it may ask for.',
  }),
  keepaliveTimeoutSeconds: setting(key('keepalive_timeout'), whole({ atLeast: 0 }), {
    fallback: 5,
    about: 'How long an idle connection is kept open.',
  }),
  csrfProtectionEnabled: setting(key('csrf_protection_enabled'), flag, {
    fallback: false,
    alias: 'PREFECT_SERVER_CSRF_PROTECTION_ENABLED',
    about: 'Whether requests that change something must carry a CSRF token.',
  }),
  csrfTokenExpirationSeconds: setting(key('csrf_token_expiration'), duration({ atLeast: 0 }), {
    fallback: 3600,
    alias: 'PREFECT_SERVER_CSRF_TOKEN_EXPIRATION',
    about: 'How long a CSRF token is good for.',
  }),
  corsAllowedOrigins: setting(key('cors_allowed_origins'), text, {
    fallback: '*',
    alias: 'PREFECT_SERVER_CORS_ALLOWED_ORIGINS',
    about:
      'The web origins whose pages may call the server, separated by commas; `*` is every origin.',
  }),
  corsAllowedMethods: setting(key('cors_allowed_methods'), text, {
    fallback: '*',
    alias: 'PREFECT_SERVER_CORS_ALLOWED_METHODS',
    about: 'The methods that pages of other origins may use, separated by commas.',
  }),
  corsAllowedHeaders: setting(key('cors_allowed_headers'), text, {
    fallback: '*',
    alias: 'PREFECT_SERVER_CORS_ALLOWED_HEADERS',
    about: 'The headers that pages of other origins may send, separated by commas.',
  }),
  websocketPingIntervalSeconds: setting(key('websocket_ping_interval'), number({ above: 0 }), {
    fallback: 20,
    about: 'How often an open socket is pinged.',
  }),
  websocketPingTimeoutSeconds: setting(key('websocket_ping_timeout'), number({ above: 0 }), {
    fallback: 20,
    about: 'How long a socket may take to answer a ping before it is closed.',
  }),
  maxParameterSizeBytes: setting(key('max_parameter_size'), whole({ atLeast: 0 }), {
    fallback: 524_288,
    about: 'The most that the parameters of one run may weigh as JSON; 0 for no bound.',
  }),
};

/** The dashboard. */
export const uiSettings = {
  enabled: setting('server.ui.enabled', flag, {
    fallback: true,
    alias: 'PREFECT_UI_ENABLED',
    about: 'Whether the dashboard is served.',
  }),
  v2Enabled: setting('server.ui.v2_enabled', flag, {
    fallback: true,
    about:
      "Which of its two dashboards Prefect's pages are told to show first; there is one of this server.",
  }),
  apiUrl: setting('server.ui.api_url', optionalText, {
    fallback: null,
    alias: 'PREFECT_UI_API_URL',
    about:
      "The address of the REST interface that Prefect's pages are told at `/ui-settings`, for servers behind a proxy; the pages of this server ask the address that they came from.",
  }),
  serveBase: setting('server.ui.serve_base', text, {
    fallback: '/',
    alias: 'PREFECT_UI_SERVE_BASE',
    about: 'The path the dashboard stands under.',
  }),
  staticDirectory: setting('server.ui.static_directory', optionalText, {
    fallback: null,
    alias: 'PREFECT_UI_STATIC_DIRECTORY',
    about: 'Where Prefect copies the pages of its dashboard to.',
    ignored: 'the pages are served from where they were built',
  }),
  showPromotionalContent: setting('server.ui.show_promotional_content', flag, {
    fallback: true,
    about: 'Whether the dashboard advertises other products.',
    ignored: 'the dashboard advertises nothing',
  }),
};
