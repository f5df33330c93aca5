import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { listSettings } from '#server/settings/setting.ts';
import { settingsTable } from '#server/settings/table.ts';

import { renderSettings } from '../../../scripts/settings-document.ts';
import prefectSettings from './prefect-settings.json' with { type: 'json' };

const settings = listSettings(settingsTable);
const byKey = new Map(settings.map((entry) => [entry.key, entry]));

/** Where Prefect works a default out, we work it out elsewhere and the table says nothing. */
const COMPUTED = '<computed>';

interface PrefectSetting {
  readonly key: string;
  readonly env: readonly string[];
  readonly default: unknown;
  readonly constraints?: { readonly ge?: number; readonly gt?: number; readonly le?: number };
}

const expected: readonly PrefectSetting[] = prefectSettings;

test.each(expected)("Prefect's $key has its names and its default", (prefect) => {
  const entry = byKey.get(prefect.key);
  expect(entry?.env).toEqual(prefect.env);
  expect(entry?.fallback).toEqual(prefect.default === COMPUTED ? null : prefect.default);
});

/** The nearest whole numbers that the bounds of a setting leave out. */
const outOfBounds = ({ constraints: { ge, gt, le } = {} }: PrefectSetting): readonly number[] => [
  ...(ge === undefined ? [] : [ge - 1]),
  ...(gt === undefined ? [] : [gt]),
  ...(le === undefined ? [] : [le + 1]),
];

test.each(expected.filter(({ constraints }) => constraints !== undefined))(
  "Prefect's $key refuses what is out of its bounds",
  (prefect) => {
    const parse = byKey.get(prefect.key)?.kind.parse;
    const values = outOfBounds(prefect);
    expect(values.map((value) => parse?.(String(value)))).toEqual(values.map(() => undefined));
  },
);

test('no two settings share an environment name', () => {
  const names = settings.flatMap(({ env }) => env);
  expect(new Set(names).size).toBe(names.length);
});

test('every default is itself an allowed value', () => {
  const bad = settings.filter(({ fallback, kind }) => {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof fallback);
    return isPlain && kind.parse(`${fallback as string | number | boolean}`) !== fallback;
  });
  expect(bad.map(({ key }) => key)).toEqual([]);
});

test('docs/settings.md says what the table says (npm run generate writes it)', () => {
  const path = join(import.meta.dirname, '../../../docs/settings.md');
  expect(readFileSync(path, 'utf8')).toBe(renderSettings());
});
