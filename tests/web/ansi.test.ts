import { expect, test } from 'vitest';

import { parseAnsi } from '../../web/src/lib/logs/ansi.ts';

const escape = '\u001B';
const plain = { color: null, isBold: false, isDim: false, isUnderlined: false };

test('a message without codes is one piece', () => {
  expect(parseAnsi('<b>plain</b>')).toEqual([{ text: '<b>plain</b>', ...plain }]);
});

test('colours and weights add up until they are reset', () => {
  expect(parseAnsi(`${escape}[31mred ${escape}[1mbold${escape}[0m done`)).toEqual([
    { text: 'red ', ...plain, color: 1 },
    { text: 'bold', ...plain, color: 1, isBold: true },
    { text: ' done', ...plain },
  ]);
});

test('bright colours are numbered from eight', () => {
  expect(parseAnsi(`${escape}[94mblue`)).toEqual([{ text: 'blue', ...plain, color: 12 }]);
});

test('an extended colour is not taken for other codes', () => {
  expect(parseAnsi(`${escape}[1;38;5;4mtext`)).toEqual([{ text: 'text', ...plain, isBold: true }]);
});

test('control sequences other than colours leave no trace', () => {
  expect(parseAnsi(`a${escape}[2Kb`).map(({ text }) => text)).toEqual(['a', 'b']);
});
