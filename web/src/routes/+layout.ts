// The dashboard is a static application: the server only hands out files and GraphQL.
export const ssr = false;
export const prerender = false;
