import { expect, test } from 'vitest';

import { playLibrary } from './client-stories.ts';
import { compatDatabase } from './compat-database.ts';
import { expectedSteps, withoutMissing } from './expected-steps.ts';
import { openStage } from './stage.ts';
import { troubleIn } from './trouble.ts';

const chapterOf = (step: string): string => step.split(':')[0] ?? '';

const CHAPTERS = [...new Set(Object.keys(expectedSteps('library-story', '3.9.1')).map(chapterOf))];

// Chapters that wait for their own time come out the same for the older client, when they are recorded.
const QUICK = CHAPTERS.filter((chapter) => !['waiting', 'deploying'].includes(chapter));

const PLAYS = [
  ['3.9.1', 'postgresql', CHAPTERS],
  ['3.8.8', 'sqlite', QUICK],
] as const;

test.for(PLAYS)(
  'what users do with the library %s comes out on %s as on the real server',
  async ([version, database, chapters], context) => {
    await using data = await compatDatabase(database);
    await using open = await openStage(context, { version, env: data.settings });
    const { told } = await playLibrary(open.stage, chapters);
    const expected = Object.entries(expectedSteps('library-story', version));
    expect(withoutMissing(told)).toEqual(
      Object.fromEntries(expected.filter(([step]) => chapters.includes(chapterOf(step)))),
    );
    expect(troubleIn(open.server().log())).toEqual([]);
  },
);
