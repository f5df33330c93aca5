import { expect, test } from 'vitest';

import {
  RECORDING_SETTINGS,
  startOurServer,
  startRealServer,
} from '#tests/support/replay/server.ts';

import { COMPAT_DATABASES, compatDatabase } from '../compat-database.ts';
import { pythonClient } from '../python-client.ts';
import { KNOWN_WALK_DIFFERENCES } from './known-differences.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { walkBoth } from './walk.ts';

const SETTINGS = { ...RECORDING_SETTINGS, PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false' };

const client = await pythonClient('3.9.1');

test.skipIf('skipped' in client).each(COMPAT_DATABASES)(
  'stories of runs and deployments on %s are answered as by the real server',
  async (kind) => {
    if ('skipped' in client) return;
    await using realDatabase = await compatDatabase('postgresql');
    await using ourDatabase = await compatDatabase(kind);
    const real = await startRealServer(client.prefect, {
      env: { ...SETTINGS, ...realDatabase.settings },
    });
    const ours = await startOurServer({ env: { ...SETTINGS, ...ourDatabase.settings } });
    try {
      for (const { name, steps } of SCENARIOS) {
        const walk = await walkBoth({ real: real.url, ours: ours.url }, steps);
        const unexplained = walk.differences.filter(
          (line) => !KNOWN_WALK_DIFFERENCES.some((known) => known.lines.test(line)),
        );
        expect(unexplained, name).toEqual([]);
      }
    } finally {
      await Promise.all([real.stop(), ours.stop()]);
    }
  },
);
