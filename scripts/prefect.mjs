#!/usr/bin/env -S node --max-semi-space-size=4
import { enter } from './bootstrap/enter.mjs';

await enter(import.meta.url, async (args) => {
  const { serve } = await import('./bootstrap/serve.mjs');
  return serve(args);
});
