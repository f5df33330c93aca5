import { resolve } from '$app/paths';

/** The path the dashboard is served under, without a slash at its end: empty at the root. */
export const base = resolve('/').replace(/\/$/, '');
