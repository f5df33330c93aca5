import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startExaminedServer } from '#tests/support/replay/server.ts';

import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';
import { playOffered } from './polls/play-offered.ts';

/** What the same polls were offered by the real server. */
const RECORDED: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'expected/offered.json'), 'utf8'),
);

test.each(COMPAT_DATABASES)(
  'polls of random pools and queues on %s are offered the runs that the real server offers, in its order',
  async (kind) => {
    await using database = await compatDatabase(kind);
    const server = await startExaminedServer({ env: database.settings });
    try {
      expect(await playOffered(server.url)).toEqual(RECORDED);
    } finally {
      await server.stop();
    }
  },
);
