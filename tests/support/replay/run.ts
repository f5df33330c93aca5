/**
 * Replays the recorded exchanges against a running, empty server and prints what differs.
 *
 *   node tests/support/replay/run.ts --url http://127.0.0.1:4200 [--only flows,logs]
 *     [--home FOLDER] [--folder tests/reference/exchanges-auth] [--verbose] [--out FOLDER] [--built]
 *
 * `--built` leaves out the addresses that this server is known not to have.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { notBuiltTemplate } from '#tests/compat/not-built.ts';

import { readExchanges } from './exchange.ts';
import type { Outcome } from './play.ts';
import { playExchanges } from './play.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4200' },
    only: { type: 'string' },
    home: { type: 'string' },
    folder: { type: 'string', default: join(import.meta.dirname, '../../reference/exchanges') },
    out: { type: 'string' },
    built: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const describe = ({ exchange, differences, missing }: Outcome): string =>
  [
    `${exchange.seq} ${exchange.name} | ${exchange.method} ${exchange.path}`,
    ...(exchange.body === null ? [] : [`    sent ${exchange.body.slice(0, 300)}`]),
    ...differences.slice(0, 12).map((difference) => `    ${difference}`),
    ...(missing.length > 0 ? [`    not sent: ${missing.join(', ')} never came`] : []),
  ].join('\n');

const played = await playExchanges(readExchanges(values.folder), {
  url: values.url,
  ...(values.home === undefined ? {} : { home: values.home }),
  ...(values.only === undefined ? {} : { only: values.only.split(',') }),
});

const outcomes = values.built
  ? played.filter(({ exchange }) => notBuiltTemplate(exchange.path) === null)
  : played;

for (const [file, lines] of Map.groupBy(outcomes, ({ exchange }) => exchange.file)) {
  const different = lines.filter(({ differences }) => differences.length > 0);
  const blocked = lines.filter(({ missing }) => missing.length > 0);
  const sum = `${lines.length} lines, ${different.length} differ, ${blocked.length} not sent`;
  console.log(`${file.padEnd(24)} ${sum}`);
  const report = [...different, ...blocked].map(describe).join('\n');
  if (values.verbose && report !== '') console.log(report);
  if (values.out === undefined) continue;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, `differences-${file}.txt`), `${sum}\n${report}\n`);
}

const failed = outcomes.filter(
  (outcome) => outcome.differences.length + outcome.missing.length > 0,
);
console.log(`${outcomes.length} lines played, ${failed.length} differ or were not sent`);
process.exitCode = failed.length === 0 ? 0 : 1;
