import { expect, test } from 'vitest';

import { batchInsert } from '#server/db/batch.ts';
import { type Script, announce, one, rows, run } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { withMarkedNumbers } from '#server/lossless-json.ts';
import { nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

interface Variable {
  readonly name: string;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly created: number;
}

const insert = statement<
  [id: string, at: number, at2: number, name: string, value: string, tags: string]
>('INSERT INTO variable (id, created, updated, name, value, tags) VALUES (?, ?, ?, ?, ?, ?)');
const read = statement<[name: string], Variable>(
  'SELECT * FROM variable WHERE name = ? FOR UPDATE',
);
const count = statement<[], { readonly total: number }>('SELECT count(*) AS total FROM variable');
const raise = statement<[name: string], Variable>(
  'UPDATE variable SET updated = updated + 1 WHERE name = ? RETURNING *',
);

function* add(name: string, value: unknown = null): Script<string> {
  const id = newId();
  yield* run(insert(id, nowMicros(), nowMicros(), name, json(value), json(['a', 'b'])));
  return id;
}

describeEachDatabase('write', (db) => {
  const total = async (): Promise<number> => (await db.ctx.db.read(() => one(count())))?.total ?? 0;

  test('a script that throws leaves nothing behind, and its neighbours in the commit stay', async () => {
    const before = await total();
    const results = await Promise.allSettled([
      db.ctx.db.write(() => add('first')),
      db.ctx.db.write(function* () {
        yield* add('undone');
        throw new ServerError('INVALID', 'Changed its mind.');
      }),
      db.ctx.db.write(() => add('second')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await total()).toBe(before + 2);
    expect(await db.ctx.db.read(() => one(read('undone')))).toBeNull();
  });

  test('scripts that throw before or between others leave nothing behind and wake nobody', async () => {
    const heard: string[] = [];
    const stop = db.ctx.bus.subscribe('order', ({ key }) => heard.push(key));
    const before = await total();
    const write = (name: string, isRefused: boolean) =>
      db.ctx.db.write(function* () {
        yield* add(name);
        yield* announce('order', name);
        if (isRefused) throw new ServerError('INVALID', 'Changed its mind.');
      });
    const refusals = [true, true, false, true, false];
    const results = await Promise.allSettled(
      refusals.map((isRefused, index) => write(`order-${index}`, isRefused)),
    );
    stop();
    expect(results.map(({ status }) => status === 'rejected')).toEqual(refusals);
    expect(heard.toSorted()).toEqual(['order-2', 'order-4']);
    expect(await total()).toBe(before + 2);
  });

  test('a batch keeps all of its rows, whatever their number', async () => {
    const insertVariables = batchInsert(
      'variable',
      {
        id: 'TEXT',
        created: 'BIGINT',
        updated: 'BIGINT',
        name: 'TEXT',
        value: 'JSONB',
        tags: 'JSONB',
      },
      'ON CONFLICT DO NOTHING',
    );
    const sizes = [0, 1, 19, 20, 21, 45];
    const names = sizes.flatMap((size) =>
      Array.from({ length: size }, (_, index) => `batch-${size}-${index}`),
    );
    const before = await total();
    for (const size of sizes) {
      const batch = names
        .filter((name) => name.startsWith(`batch-${size}-`))
        .map((name) => ({ id: newId(), created: 1, updated: 1, name, value: { name }, tags: [] }));
      // The second time each name is known.
      for (const turn of [batch, batch.map((row) => ({ ...row, id: newId() }))]) {
        await db.ctx.db.write(() => insertVariables(db.ctx.db.dialect, turn));
      }
    }
    expect(await total()).toBe(before + names.length);
    const last = await db.ctx.db.read(() => one(read('batch-45-44')));
    expect(last).toMatchObject({ value: { name: 'batch-45-44' } });
  });

  test('a name that is taken is a CONFLICT', async () => {
    await db.ctx.db.write(() => add('taken'));
    await expect(db.ctx.db.write(() => add('taken'))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { constraint: 'unique' },
    });
  });

  test('text that the database cannot hold is refused, not an error of the server', async () => {
    const attempts = ['\u0000', '\ud800'].map((text, index) =>
      db.ctx.db
        .write(() => add(`odd-${index}`, text))
        .then(
          () => 'kept',
          (error: unknown) => (error instanceof ServerError ? error.code : error),
        ),
    );
    const expected = db.kind === 'postgresql' ? 'INVALID' : 'kept';
    expect(await Promise.all(attempts)).toEqual([expected, expected]);
  });

  test('a row comes back in camelCase with its JSON parsed and its instant exact', async () => {
    const value = { text: 'ä', list: [1, 2.5, null], deep: { yes: true } };
    await db.ctx.db.write(() => add('shape', value));
    const row = await db.ctx.db.read(() => one(read('shape')));
    expect(row).toMatchObject({ name: 'shape', value, tags: ['a', 'b'] });
    expect(Number.isSafeInteger(row?.created)).toBe(true);
  });

  test('a script reads what it wrote', async () => {
    const seen = await db.ctx.db.write(function* () {
      yield* add('own');
      return yield* one(read('own'));
    });
    expect(seen).toMatchObject({ name: 'own' });
  });

  test('fifty scripts that read and write the same row lose no update', async () => {
    await db.ctx.db.write(() => add('counter', 0));
    const set = statement<[value: string, name: string]>(
      'UPDATE variable SET value = ? WHERE name = ?',
    );
    await Promise.all(
      Array.from({ length: 50 }, () =>
        db.ctx.db.write(function* () {
          const row = yield* one(read('counter'));
          yield* run(set(json(Number(row?.value) + 1), 'counter'));
        }),
      ),
    );
    expect(await db.ctx.db.read(() => one(read('counter')))).toMatchObject({ value: 50 });
  });

  test('announcements are made after the commit, and none of a script that failed', async () => {
    const heard: string[] = [];
    const stop = db.ctx.bus.subscribe('news', ({ key }) => heard.push(key));
    await Promise.allSettled([
      db.ctx.db.write(() => announce('news', 'kept')),
      db.ctx.db.write(function* () {
        yield* announce('news', 'lost');
        throw new ServerError('INVALID', 'No.');
      }),
    ]);
    stop();
    expect(heard).toEqual(['kept']);
  });

  test('the query builder and Prisma see the same row', async () => {
    await db.ctx.db.write(() => add('both', [true]));
    const { builder, prisma } = db.ctx.db;
    const built = await db.ctx.db.read(() =>
      rows(builder.selectFrom('variable').selectAll().where('name', '=', 'both')),
    );
    const selected = await prisma.variable.findUniqueOrThrow({ where: { name: 'both' } });
    expect(built).toMatchObject([{ value: [true], tags: ['a', 'b'] }]);
    expect(selected).toMatchObject({ value: [true], tags: ['a', 'b'] });
    expect(Number(selected.created)).toBe(built[0]?.created);
  });

  test('Prisma reads numbers that stand alone as JSON, those too large for it as their digits', async () => {
    const values = [5, 2.5, true, 2 ** 60];
    for (const value of values) await db.ctx.db.write(() => add(`bare-${String(value)}`, value));
    const found = await db.ctx.db.prisma.variable.findMany({
      where: { name: { startsWith: 'bare-' } },
      orderBy: { id: 'asc' },
    });
    // The scalars of GraphQL take off the marks.
    const told = JSON.stringify(found.map(({ value }) => withMarkedNumbers(value)));
    expect(told).toBe(`[5,2.5,true,${2 ** 60}]`);
    expect(found.map(({ created }) => typeof created)).toEqual(values.map(() => 'bigint'));
  });

  test('Prisma reads look-ups of one moment together, and never writes', async () => {
    await db.ctx.db.write(() => add('together-a'));
    await db.ctx.db.write(() => add('together-b'));
    const { prisma } = db.ctx.db;
    const found = await Promise.all(
      ['together-a', 'together-b', 'nobody'].map((name) =>
        prisma.variable.findUnique({ where: { name }, select: { name: true } }),
      ),
    );
    expect(found.map((row) => row?.name)).toEqual(['together-a', 'together-b', undefined]);
    if (db.kind === 'postgresql') return;
    await expect(prisma.variable.deleteMany()).rejects.toThrow(/Prisma only reads here/);
  });

  test('a statement that changes rows can give them back', async () => {
    await db.ctx.db.write(() => add('raised'));
    expect(await db.ctx.db.write(() => rows(raise('raised')))).toMatchObject([{ name: 'raised' }]);
  });
});
