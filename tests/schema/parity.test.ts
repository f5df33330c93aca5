import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { schema } from '#schema/index.ts';
import { listRoutes } from '#server/api/routes.ts';
import { CHAPTERS } from '#tests/compat/parity/chapters/index.ts';
import { comparable } from '#tests/compat/parity/comparable.ts';
import { type Door, openDoor } from '#tests/compat/parity/doors.ts';
import { MISSING } from '#tests/compat/parity/missing.ts';
import { mappedOperations } from '#tests/compat/parity/operations.ts';
import { refusalsOf, throughGraphql, throughRest } from '#tests/compat/parity/perform.ts';
import { REFUSALS } from '#tests/compat/parity/refusals.ts';
import { readAllRows } from '#tests/compat/parity/rows.ts';
import type { SpecialStep, Step } from '#tests/compat/parity/step.ts';
import { testedKinds } from '#tests/support/database.ts';
import { openSocket } from '#tests/support/socket-client.ts';

/** An operation whatever its path calls what stands in its braces. */
const operationOf = (method: string, path: string): string =>
  `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}').replace(/\/$/, '')}`;

const hasField = (name: string): boolean => {
  const [typeName = '', field = ''] = name.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) && field in type.getFields();
};

const isSocket = async (address: string): Promise<boolean> => {
  try {
    (await openSocket(address)).socket.close();
    return true;
  } catch {
    return false;
  }
};

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
  const missing = Object.entries(MISSING);

  test(`does ${done.size} of ${mapped.length} operations`, () => {
    expect(mapped).toHaveLength(191);
    expect([...done, ...Object.keys(MISSING)].toSorted()).toEqual(mapped.toSorted());
  });

  test.skipIf(missing.length === 0)('leaves out only what one of the doors lacks', async () => {
    const door = await openDoor('sqlite');
    const built = new Set(
      listRoutes(door.ctx).map(({ method, path }) => operationOf(method, path)),
    );
    const ready = await Promise.all(
      missing.map(async ([operation, field]) => {
        const [method = '', path = ''] = operation.split(' ');
        const hasRest =
          method === 'WS'
            ? await isSocket(`${door.socketUrl}/api${path}`)
            : built.has(operationOf(method, path));
        return hasRest && hasField(field) ? [operation] : [];
      }),
    );
    await door.close();
    expect(ready.flat()).toEqual([]);
  });
});
