import { expect, test } from 'vitest';

import { listSettings } from '#server/settings/setting.ts';
import { settingsTable } from '#server/settings/table.ts';

import { apiEffects } from './effects/api.ts';
import { connectionEffects } from './effects/connection.ts';
import { databaseEffects } from './effects/database.ts';
import { eventEffects } from './effects/events.ts';
import { generalEffects } from './effects/general.ts';
import { postgresqlEffects } from './effects/postgresql.ts';
import { runEffects } from './effects/runs.ts';
import { serviceEffects } from './effects/services.ts';
import { tickEffects } from './effects/ticks.ts';

const effects = [
  ...apiEffects,
  ...connectionEffects,
  ...databaseEffects,
  ...eventEffects,
  ...generalEffects,
  ...postgresqlEffects,
  ...runEffects,
  ...serviceEffects,
  ...tickEffects,
];

const settings = listSettings(settingsTable);
const leading = ({ env: [name = ''] }: (typeof settings)[number]): string => name;

test('each setting that counts is tied to what is seen of it, and no other is', () => {
  const counting = settings.filter(({ ignored }) => ignored === undefined).map(leading);
  const tied = new Set(effects.map(({ variable }) => variable));
  expect([...tied].toSorted()).toEqual(counting.toSorted());
});

test('each of them is seen to differ by its value', () => {
  const idle = effects.filter(
    ({ cases }) => new Set(cases.map(([, seen]) => JSON.stringify(seen))).size < 2,
  );
  expect(idle.map(({ variable }) => variable)).toEqual([]);
});
