#!/usr/bin/env node
import { enter } from './bootstrap/enter.mjs';

await enter(import.meta.url, async (args) => {
  const { serve } = await import('./bootstrap/serve.mjs');
  return serve(args);
});
