import { expect, test } from 'vitest';

import { startServices } from '#server/services/loop.ts';
import type { Service } from '#server/services/service.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

describeEachDatabase('the loop of services', (db) => {
  test('stops although a tick has no end', async () => {
    let hasStarted = false;
    const endless: Service = {
      name: 'endless',
      scope: 'process',
      everySeconds: () => 60,
      isEnabled: () => true,
      runOnce: () => {
        hasStarted = true;
        return new Promise(() => undefined);
      },
    };
    const loop = startServices(db.ctx, [endless]);
    await waitFor(() => hasStarted);
    const asked = performance.now();
    await loop.stop();
    expect(performance.now() - asked).toBeLessThan(3000);
  });

  test('lets a tick end that is about to', async () => {
    let finish: (() => void) | null = null;
    const ended: string[] = [];
    const brief: Service = {
      name: 'brief',
      scope: 'process',
      everySeconds: () => 60,
      isEnabled: () => true,
      runOnce: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        ended.push('tick');
        return {};
      },
    };
    const loop = startServices(db.ctx, [brief]);
    const end = await waitFor(() => finish);
    const stopped = loop.stop().then(() => ended.push('loop'));
    end();
    await stopped;
    expect(ended).toEqual(['tick', 'loop']);
  });
});
