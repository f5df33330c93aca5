import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { playTransitions } from '#tests/support/replay/play-transitions.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { RECORDING_SETTINGS, startExaminedServer } from '#tests/support/replay/server.ts';
import { readTransitionCases } from '#tests/support/replay/transition-case.ts';

import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

const cases = readTransitionCases(join(import.meta.dirname, '../reference/transitions.jsonl'));

test.each(COMPAT_DATABASES)(
  'every recorded transition ends on %s as on the real server',
  async (kind) => {
    await using database = await compatDatabase(kind);
    const server = await startExaminedServer({
      env: { ...RECORDING_SETTINGS, ...database.settings },
    });
    try {
      // Sequences build on each other through the cache, so they are played in order.
      const sequences = cases.filter(
        ({ steps }) => steps.length > 1 || /cach/u.test(steps[0]?.status ?? ''),
      );
      const single = cases.filter((one) => !sequences.includes(one));
      const differences = [
        ...(await playTransitions(sequences, { url: server.url, connections: 1 })),
        ...(await playTransitions(single, { url: server.url, connections: 4 })),
      ];
      expect(differences).toEqual([]);
    } finally {
      await server.stop();
    }
  },
);
