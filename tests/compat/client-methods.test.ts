import { expect, test } from 'vitest';

import { RECORDING_SETTINGS } from '#tests/support/replay/server.ts';

import { playMethods } from './client-stories.ts';
import { compatDatabase } from './compat-database.ts';
import { expectedSteps, withoutMissing } from './expected-steps.ts';
import { openStage } from './stage.ts';
import { troubleIn } from './trouble.ts';

const REAL_FAULT = 'the real server fails with 500, this one says what is missing';

/** Steps that are told something else on purpose, with the reason. */
const KNOWN: Readonly<Record<string, string>> = {
  'blocks: create_block_document 10': REAL_FAULT,
  'blocks: update_block_document 4': REAL_FAULT,
  'deployments: update_deployment 8': REAL_FAULT,
  'flow_runs: resume_flow_run 3': REAL_FAULT,
  'work: create_work_queue 3': 'the real message shows a template that was never filled in',
};

const PLAYS = [
  ['3.9.1', 'sync', 'postgresql'],
  ['3.9.1', 'async', 'sqlite'],
  ['3.8.8', 'sync', 'sqlite'],
] as const;

test.for(PLAYS)(
  'every method of the client %s (%s) is told on %s what it is told by the real server',
  async ([version, kind, database], context) => {
    await using data = await compatDatabase(database);
    const env = { ...RECORDING_SETTINGS, ...data.settings };
    await using open = await openStage(context, { version, env });
    const played = await playMethods(open.stage, kind);
    expect(played['never asked']).toEqual([]);
    const told = withoutMissing(played.told);
    const expected = expectedSteps('client-methods', version);
    const steps = new Set([...Object.keys(expected), ...Object.keys(told)]);
    const differing = [...steps].filter(
      (step) => JSON.stringify(told[step]) !== JSON.stringify(expected[step]),
    );
    const unknown = differing.filter((step) => !(step in KNOWN));
    expect(Object.fromEntries(unknown.map((step) => [step, told[step]]))).toEqual(
      Object.fromEntries(unknown.map((step) => [step, expected[step]])),
    );
    expect(Object.keys(KNOWN).filter((step) => !differing.includes(step))).toEqual([]);
    expect(troubleIn(open.server().log())).toEqual([]);
  },
);
