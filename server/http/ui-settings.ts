import type { Settings } from '#server/settings.ts';

import type { RequestHandler } from './pages.ts';
import { serveBaseOf } from './serve-base.ts';

export const UI_SETTINGS_PATH = '/ui-settings';

/**
 * Tells Prefect's own dashboards where the REST door is and what it asks for, so that they can be pointed at this
 * server. Its two versions of pages and where they would stand are told as the real server tells them.
 */
export const createUiSettings = (settings: Settings): RequestHandler => {
  const { api, ui } = settings;
  const base = serveBaseOf(settings);
  const text = JSON.stringify({
    api_url: ui.apiUrl ?? `http://${api.host}:${api.port}${api.basePath ?? '/api'}`,
    csrf_enabled: api.csrfProtectionEnabled,
    auth: api.authString === null ? null : 'BASIC',
    flags: [],
    default_ui: ui.v2Enabled ? 'v2' : 'v1',
    available_uis: ui.enabled ? ['v1', 'v2'] : [],
    v1_base_url: ui.enabled ? base || '/' : null,
    v2_base_url: ui.enabled ? `${base}/v2` : null,
  });
  return (request, response) => {
    if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET', 'content-type': 'application/json' });
      response.end('{"detail":"Method Not Allowed"}');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', vary: 'Origin' });
    response.end(text);
  };
};
