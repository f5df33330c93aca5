import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CHAPTERS } from '#tests/compat/parity/chapters/index.ts';
import { comparable } from '#tests/compat/parity/comparable.ts';
import { type Door, openDoor } from '#tests/compat/parity/doors.ts';
import { mappedOperations } from '#tests/compat/parity/operations.ts';
import { refusalsOf, throughGraphql, throughRest } from '#tests/compat/parity/perform.ts';
import { REFUSALS } from '#tests/compat/parity/refusals.ts';
import { readAllRows } from '#tests/compat/parity/rows.ts';
import type { SpecialStep, Step } from '#tests/compat/parity/step.ts';
import { testedKinds } from '#tests/support/database.ts';

const keep = (door: Door, step: Step | SpecialStep, found: unknown): void => {
  if ('keep' in step && step.keep !== undefined) Object.assign(door.found, step.keep(found));
};

describe.each(testedKinds)('Both doors on %s', (kind) => {
  let rest: Door;
  let graphql: Door;
  beforeAll(async () => {
    [rest, graphql] = await Promise.all([openDoor(kind), openDoor(kind)]);
  });
  afterAll(async () => {
    await Promise.all([rest.close(), graphql.close()]);
  });

  const ofRest = (value: unknown) => comparable(rest.registry, value);
  const ofGraphql = (value: unknown) => comparable(graphql.registry, value);

  for (const { name, steps } of CHAPTERS) {
    describe(name, () => {
      test.each(steps.map((step) => [step.rest, step.graphql, step] as const))(
        '%s and %s do and tell the same',
        async (_rest, _graphql, step) => {
          const [fromRest, fromGraphql] =
            'call' in step
              ? [await throughRest(rest, step), await throughGraphql(graphql, step)]
              : [await step.throughRest(rest), await step.throughGraphql(graphql)];
          keep(rest, step, fromRest);
          keep(graphql, step, fromGraphql);
          expect(ofGraphql(fromGraphql)).toEqual(ofRest(fromRest));
        },
      );

      test('leave the same rows', async () => {
        const [fromRest, fromGraphql] = await Promise.all(
          [rest, graphql].map(({ ctx }) => readAllRows(ctx)),
        );
        expect(ofGraphql(fromGraphql)).toEqual(ofRest(fromRest));
      });
    });
  }

  test.each(REFUSALS.map((asked) => [asked.rest, asked.graphql, asked] as const))(
    '%s and %s refuse the same',
    async (_rest, _graphql, asked) => {
      const { status, code } = asked;
      expect(await refusalsOf({ rest, graphql }, asked)).toEqual({ status, code });
    },
  );

  test('what is refused leaves the same rows', async () => {
    const [fromRest, fromGraphql] = await Promise.all(
      [rest, graphql].map(({ ctx }) => readAllRows(ctx)),
    );
    expect(ofGraphql(fromGraphql)).toEqual(ofRest(fromRest));
  });
});

describe('The table of both doors', () => {
  const mapped = mappedOperations();
  const done = new Set(CHAPTERS.flatMap(({ steps }) => steps.map((step) => step.rest)));

  test(`does ${done.size} of ${mapped.length} operations`, () => {
    expect(mapped).toHaveLength(191);
    expect([...done].toSorted()).toEqual(mapped.toSorted());
  });
});
