import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

import type { Measured } from './measure.ts';
import type { Scenario } from './scenario.ts';
import type { DatabaseKind } from './servers.ts';
import type { StartUp } from './start-up.ts';
import { show } from './statistics.ts';

/** The machine and the moment, in one line. */
export const describeMachine = (): string => {
  const model = cpus()[0]?.model ?? 'unknown';
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  return `${date} UTC, ${availableParallelism()} × ${model}, ${gigabytes} GB, Linux ${release()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`;
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const verdict = (ratio: number, target: number | null): string => {
  if (target === null || !Number.isFinite(ratio)) return '';
  return ratio >= target ? `≥ ${target}: met` : `≥ ${target}: **missed**`;
};

const cellsOf = (measured: Measured | undefined): readonly string[] => {
  if (measured === undefined) return ['–', '–', '–'];
  const { perCpuSecond, p50Millis, p99Millis, busy, errors } = measured;
  const troubles = [busy > 0 ? `${busy} × 503` : '', errors > 0 ? `${errors} errors` : ''];
  return [
    show(perCpuSecond),
    `${show(p50Millis)} / ${show(p99Millis)}`,
    troubles.filter((trouble) => trouble !== '').join(', ') || '0',
  ];
};

/** One scenario as a line of the table, with its notes. */
export const scenarioRow = (
  scenario: Scenario,
  kind: DatabaseKind,
  measured: readonly Measured[],
): string => {
  const ours = measured.find(({ target }) => target === 'ours');
  const real = measured.find(({ target }) => target === 'real');
  const ratio = (ours?.perCpuSecond ?? Number.NaN) / (real?.perCpuSecond ?? Number.NaN);
  const notes = Object.entries(ours?.notes ?? {}).map(([name, value]) => `${name}: ${value}`);
  return row([
    `${scenario.name}, ${scenario.unit}`,
    ...cellsOf(ours),
    ...cellsOf(real),
    Number.isFinite(ratio) ? `**${show(ratio)} ×**` : '–',
    [verdict(ratio, scenario.targetRatio[kind]), ...notes].filter((text) => text !== '').join('; '),
  ]);
};

/** The head of the table that `scenarioRow` fills. */
export const tableHead = (): readonly string[] => [
  row(
    [
      'scenario, unit',
      'ours per CPU-s',
      'p50 / p99 ms',
      'refused',
      'real per CPU-s',
      'p50 / p99 ms',
    ].concat('refused', 'ratio', 'target, notes'),
  ),
  row(Array.from({ length: 9 }, () => '---')),
];

/** Start-up times and idle memory as a table. */
export const startUpTable = (startUps: readonly StartUp[]): readonly string[] => [
  row(['server', 'new database, s', 'existing database, s', 'CPU s', 'memory idle, MB']),
  row(Array.from({ length: 5 }, () => '---')),
  ...startUps.map((startUp) =>
    row([
      startUp.target,
      show(startUp.newDatabaseSeconds),
      show(startUp.existingDatabaseSeconds),
      show(startUp.cpuSeconds),
      show(startUp.idleMegabytes),
    ]),
  ),
];
