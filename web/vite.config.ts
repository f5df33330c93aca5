import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

import { dashboardAdapter } from './adapter.ts';

// Development only: `npm run dev` serves pages from Vite and everything else from the server.
const serverUrl = 'http://127.0.0.1:4200';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: dashboardAdapter(),
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Positions of menus and bars of charts are style attributes.
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:', 'blob:', 'https:', 'http:'],
          'connect-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
        },
      },
      compilerOptions: { runes: true },
    }),
  ],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Modules that most pages share travel together: one file instead of thirty small ones.
            // What the starting script needs stays apart, or the pages' code would run before the
            // base path is known.
            codeSplitting: {
              groups: [
                { name: 'start', test: /runtime\/client\/payload\.js|preload-helper/, priority: 1 },
                { name: 'shared', minShareCount: 5 },
              ],
            },
          },
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: serverUrl, ws: true },
      '/docs': { target: serverUrl },
      '/graphql': { target: serverUrl, ws: true },
    },
  },
});
