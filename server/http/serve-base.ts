import type { IncomingMessage } from 'node:http';

import type { Settings } from '#server/settings.ts';

/** The path the dashboard stands under, without a slash at its end: empty at the root. */
export const serveBaseOf = (settings: Settings): string =>
  settings.ui.serveBase.replace(/\/+$/, '').replace(/^(?=[^/])/, '/');

/**
 * Takes the base off the address of a request, so that every door is found under it as well as at the root: the pages
 * ask for their data beside themselves, whatever stands in front of the server. Gives whether it was there.
 */
export const takeOffBase = (request: IncomingMessage, base: string): boolean => {
  const url = request.url ?? '/';
  if (base === '' || !(url === base || url.startsWith(`${base}/`))) return false;
  request.url = url.slice(base.length) || '/';
  return true;
};

/** The dashboard's page for a base: its addresses begin there, and its script reads it from the page. */
export const pageUnderBase = (html: string, base: string): string =>
  html.replaceAll('="/', `="${base}/`).replace('data-base=""', `data-base="${base}"`);
