import { expect, test } from 'vitest';

import { workerStatus } from '#server/commands/worker/worker-status.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

const rule = { multiple: 3, fallbackSeconds: 30 };

test.each([
  { interval: null, silentSeconds: 91, status: 'OFFLINE' },
  { interval: null, silentSeconds: 89, status: 'ONLINE' },
  { interval: 10, silentSeconds: 31, status: 'OFFLINE' },
  { interval: 10, silentSeconds: 29, status: 'ONLINE' },
  { interval: 0, silentSeconds: 1, status: 'ONLINE' },
  { interval: -1, silentSeconds: 1, status: 'ONLINE' },
  { interval: -1, silentSeconds: 91, status: 'OFFLINE' },
])(
  'a worker with an interval of $interval is $status after $silentSeconds s of silence',
  ({ interval, silentSeconds, status }) => {
    const now = nowMicros();
    const worker = {
      lastHeartbeatTime: addSeconds(now, -silentSeconds),
      heartbeatIntervalSeconds: interval,
    };
    expect(workerStatus(worker, { rule, now })).toBe(status);
  },
);
