import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { playWorkStory } from './client-stories.ts';
import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';
import { openStage } from './stage.ts';
import { troubleIn } from './trouble.ts';

/** What the story came to on the real server. */
const RECORDED: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'expected/work-story.json'), 'utf8'),
);

// Some ten flow runs, each in a process that loads the whole client.
const STORY_MILLIS = 600_000;

test.for(COMPAT_DATABASES)(
  'limits, deployments of few runs at once and runs of runs come out as on the real server, on %s',
  { timeout: STORY_MILLIS },
  async (kind, context) => {
    await using database = await compatDatabase(kind);
    await using open = await openStage(context, { version: '3.9.1', env: database.settings });
    expect(await playWorkStory(open.stage)).toEqual(RECORDED);
    expect(troubleIn(open.server().log())).toEqual([]);
  },
);
