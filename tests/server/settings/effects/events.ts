import { newId } from '#server/ids.ts';
import { eventVacuum } from '#server/services/vacuum.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import type { Effect, Variables } from './effect.ts';
import { type ObservedApp, observe } from './observed-app.ts';

/** Long enough for what is sent at once, short for what never comes. */
const MOMENT = { withinMillis: 1500 };

const anEvent = (name: string, changes: object = {}) => ({
  id: newId(),
  occurred: formatInstant(nowMicros()),
  event: name,
  resource: { 'prefect.resource.id': 'thing.1' },
  related: [],
  payload: {},
  ...changes,
});

const secondsAgo = (seconds: number) => ({
  occurred: formatInstant(addSeconds(nowMicros(), -seconds)),
});

const post = async ({ call }: ObservedApp, ...events: readonly object[]): Promise<number> =>
  (await call('/api/events', events)).status;

const countEvents = async ({ call }: ObservedApp): Promise<unknown> => {
  // The answer is a page with its total.
  const { body } = await call('/api/events/filter', {});
  return (body as { readonly total: number }).total;
};

/** What becomes of one event: the status of the call, and how many are kept. */
const fateOf = (event: object) => (env: Variables) =>
  observe(env, async (observed) => ({
    status: await post(observed, event),
    kept: await countEvents(observed),
  }));

const follow = async ({ url }: ObservedApp, path: string, filter: object) => {
  const client = await openSocket(`${url.replace('http', 'ws')}${path}`);
  client.send({ type: 'auth', token: null });
  await client.next(0);
  client.send({ type: 'filter', filter });
  return client;
};

const namesIn = (frames: readonly unknown[]): readonly string[] =>
  // After the greeting each frame is an event.
  (frames.slice(1) as readonly { readonly event: { readonly event: string } }[]).map(
    ({ event }) => event.event,
  );

const inAnHour = () => ({ occurred: { until: formatInstant(addSeconds(nowMicros(), 3600)) } });

/** What a socket is sent of an old and of a young event, and of one that comes after it. */
const streamed = (env: Variables): Promise<readonly string[]> =>
  observe(env, async (observed) => {
    await post(observed, anEvent('old', secondsAgo(600)), anEvent('young'));
    const client = await follow(observed, '/api/events/out', inAnHour());
    await waitFor(() => namesIn(client.frames).includes('young'));
    await post(observed, anEvent('new'));
    await waitFor(() => namesIn(client.frames).includes('new'), MOMENT).catch(() => null);
    return namesIn(client.frames);
  });

/** How often the table is read for a socket that wants six past events. */
const pagesOfSix = (env: Variables): Promise<boolean> =>
  observe({ PREFECT_SERVER_DATABASE_ECHO: 'true', ...env }, async (observed) => {
    await post(observed, ...Array.from({ length: 6 }, () => anEvent('past')));
    const client = await follow(observed, '/api/events/out', inAnHour());
    await client.next(6);
    const pages = observed.lines.filter(({ msg }) => msg.includes('+occurred >= ?'));
    return pages.length >= 6;
  });

/** Whether an event of a day ago is left after old ones were removed. */
const survives = (env: Variables): Promise<unknown> =>
  observe(env, async (observed) => {
    await post(observed, anEvent('old.one', secondsAgo(86_400)));
    await eventVacuum.runOnce(observed.app.ctx);
    return countEvents(observed);
  });

/** What is kept of a client's report that a task of its own has ended. */
const reported = (env: Variables) =>
  observe(env, async (observed) => {
    const taskRunId = newId();
    const state = { type: 'COMPLETED', name: 'Completed', state_details: {} };
    const taskRun = { id: taskRunId, name: 't', task_key: 'k', dynamic_key: 'd', run_count: 1 };
    const policy = { empirical_policy: {}, tags: [], task_inputs: {}, flow_run_run_count: 1 };
    const resource = {
      'prefect.resource.id': `prefect.task-run.${taskRunId}`,
      'prefect.resource.name': 't',
      'prefect.state-type': 'COMPLETED',
      'prefect.state-name': 'Completed',
      'prefect.orchestration': 'client',
    };
    const payload = { validated_state: state, task_run: { ...taskRun, ...policy } };
    await post(observed, anEvent('prefect.task-run.Completed', { resource, payload }));
    const { status } = await observed.call(`/api/task_runs/${taskRunId}`);
    return { events: await countEvents(observed), taskRun: status };
  });

/** Whether the log line of an event is written. */
const logged = (env: Variables): Promise<boolean> =>
  observe({ PREFECT_SERVER_SERVICES_ENABLED: 'true', ...env }, async (observed) => {
    await post(observed, anEvent('told.about'));
    const told = () => observed.lines.some(({ msg }) => msg === 'told.about');
    return waitFor(told, { withinMillis: 3000 }).catch(() => false);
  });

/** Whether a line of a log that is written again and again reaches a socket. */
const logsOut = (env: Variables): Promise<boolean> =>
  observe(
    {
      PREFECT_SERVER_LOGS_STREAM_OUT_ENABLED: 'true',
      PREFECT_SERVER_LOGS_STREAM_PUBLISHING_ENABLED: 'true',
      ...env,
    },
    async (observed) => {
      const client = await follow(observed, '/api/logs/out', {});
      const timestamp = formatInstant(nowMicros());
      const arrives = async (): Promise<boolean> => {
        await observed.call('/api/logs/', [{ name: 'l', level: 20, message: 'm', timestamp }]);
        return client.frames.length > 1;
      };
      return waitFor(arrives, MOMENT).catch(() => false);
    },
  );

const EVENTS = 'PREFECT_SERVER_EVENTS_';
const SERVICES = 'PREFECT_SERVER_SERVICES_';

/** What becomes of events and lines of logs. */
export const eventEffects: readonly Effect[] = [
  {
    variable: `${SERVICES}EVENT_PERSISTER_ENABLED`,
    shows: 'whether an event is kept, beside the task run that it reports',
    observe: reported,
    cases: [
      [null, { events: 1, taskRun: 200 }],
      ['false', { events: 0, taskRun: 200 }],
    ],
  },
  {
    variable: `${SERVICES}TASK_RUN_RECORDER_ENABLED`,
    shows: 'whether a task run is recorded, beside the event that reports it',
    observe: reported,
    cases: [
      [null, { events: 1, taskRun: 200 }],
      ['false', { events: 1, taskRun: 404 }],
    ],
  },
  {
    variable: `${SERVICES}EVENT_LOGGER_ENABLED`,
    shows: 'whether the log has a line of an event',
    observe: logged,
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    variable: `${EVENTS}STREAM_OUT_ENABLED`,
    shows: 'what a socket is sent',
    observe: streamed,
    cases: [
      [null, ['old', 'young', 'new']],
      ['false', ['old', 'young']],
    ],
  },
  {
    variable: `${EVENTS}MAXIMUM_WEBSOCKET_BACKFILL`,
    shows: 'what a socket is sent of what was before it',
    observe: streamed,
    cases: [
      [null, ['old', 'young', 'new']],
      ['300', ['young', 'new']],
    ],
  },
  {
    variable: `${EVENTS}WEBSOCKET_BACKFILL_PAGE_SIZE`,
    shows: 'whether past events are read one by one',
    observe: pagesOfSix,
    cases: [
      [null, false],
      ['1', true],
    ],
  },
  {
    variable: `${EVENTS}MAXIMUM_LABELS_PER_RESOURCE`,
    shows: 'whether an event with three labels is taken',
    observe: fateOf(anEvent('e', { resource: { 'prefect.resource.id': 'a', b: 'b', c: 'c' } })),
    cases: [
      ['3', { status: 204, kept: 1 }],
      ['2', { status: 422, kept: 0 }],
    ],
  },
  {
    variable: `${EVENTS}MAXIMUM_RELATED_RESOURCES`,
    shows: 'whether an event with one related resource is taken',
    observe: fateOf(
      anEvent('e', { related: [{ 'prefect.resource.id': 'a', 'prefect.resource.role': 'b' }] }),
    ),
    cases: [
      ['1', { status: 204, kept: 1 }],
      ['0', { status: 422, kept: 0 }],
    ],
  },
  {
    variable: `${EVENTS}MAXIMUM_SIZE_BYTES`,
    shows: 'whether an event of a thousand bytes is kept, of which nobody is told',
    observe: fateOf(anEvent('e', { payload: { text: 'x'.repeat(1000) } })),
    cases: [
      [null, { status: 204, kept: 1 }],
      ['1000', { status: 204, kept: 0 }],
    ],
  },
  {
    variable: `${EVENTS}MAXIMUM_EVENT_NAME_LENGTH`,
    shows: 'whether an event with a name of ten characters is taken',
    observe: fateOf(anEvent('ten.letter')),
    cases: [
      ['10', { status: 204, kept: 1 }],
      ['9', { status: 422, kept: 0 }],
    ],
  },
  {
    variable: `${EVENTS}RETENTION_PERIOD`,
    shows: 'how many of an event of a day ago are left when old ones are removed',
    observe: survives,
    cases: [
      [null, 1],
      ['PT23H', 0],
      ['PT25H', 1],
    ],
  },
  {
    variable: `${SERVICES}DB_VACUUM_EVENT_RETENTION_OVERRIDES`,
    shows: 'how many of an event of a day ago are left when old ones are removed',
    observe: survives,
    cases: [
      ['{"old.one": "PT23H"}', 0],
      ['{"another.one": "PT23H"}', 1],
    ],
  },
  {
    variable: 'PREFECT_SERVER_LOGS_STREAM_OUT_ENABLED',
    shows: 'whether lines of logs reach a socket',
    observe: logsOut,
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    variable: 'PREFECT_SERVER_LOGS_STREAM_PUBLISHING_ENABLED',
    shows: 'whether lines of logs reach a socket',
    observe: logsOut,
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
];
