import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startOurServer, startRealServer } from '#tests/support/replay/server.ts';

import { compatDatabase } from '../compat-database.ts';
import { pythonClient } from '../python-client.ts';
import { KNOWN_WALK_DIFFERENCES } from './known-differences.ts';
import { sampleWalk } from './requests.ts';
import { QUIET, WALK_SETTINGS } from './settings.ts';
import { walk } from './walk.ts';

const STEPS = 1500;
const SEED = Number(process.env['WALK_SEED'] ?? 2);
const DOCUMENT = join(import.meta.dirname, '../../reference/openapi.json');

const client = await pythonClient('3.9.1');

test.skipIf('skipped' in client)(
  `${STEPS} random requests are answered as the real server answers them (seed ${SEED})`,
  async () => {
    if ('skipped' in client) return;
    // On SQLite the real server refuses writes now and then because others lock it out.
    await using realDatabase = await compatDatabase('postgresql');
    await using ourDatabase = await compatDatabase('postgresql');
    const real = await startRealServer(client.prefect, {
      env: { ...WALK_SETTINGS, ...QUIET, ...realDatabase.settings },
    });
    const ours = await startOurServer({ env: { ...WALK_SETTINGS, ...ourDatabase.settings } });
    try {
      const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
      const requests = sampleWalk(document, { seed: SEED, steps: STEPS, asksAboutEvents: true });
      const walked = await walk({ real: real.url, ours: { postgresql: ours.url } }, requests);
      console.log('statuses, real and ours:', Object.fromEntries(walked.statuses));
      const unexplained = walked.differences.filter(
        (line) => !KNOWN_WALK_DIFFERENCES.some((known) => known.lines.test(line)),
      );
      expect(unexplained).toEqual([]);
    } finally {
      await Promise.all([real.stop(), ours.stop()]);
    }
  },
);
