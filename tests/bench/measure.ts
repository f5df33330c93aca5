import { cpuSecondsOf, memoryMegabytesOf } from './process-tree.ts';
import type { Round, Scenario } from './scenario.ts';
import { median, quantile } from './statistics.ts';
import type { Target } from './target.ts';

/** What all rounds of one scenario against one server came to. */
export interface Measured {
  readonly scenario: string;
  readonly target: Target['name'];
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly busy: number;
  readonly errors: number;
  readonly firstError: string | null;
  readonly memoryMegabytes: number;
  readonly notes: Readonly<Record<string, number | string>>;
}

const WARM_UP_SECONDS = 1;

interface Sample extends Round {
  readonly cpuSeconds: number;
}

const summarise = (scenario: Scenario, target: Target, samples: readonly Sample[]): Measured => {
  const latencies = samples.flatMap(({ latenciesMillis }) => latenciesMillis);
  const sum = (of: (sample: Sample) => number): number =>
    samples.reduce((total, sample) => total + of(sample), 0);
  return {
    scenario: scenario.name,
    target: target.name,
    perCpuSecond: median(samples.map(({ items, cpuSeconds }) => items / cpuSeconds)),
    perSecond: median(samples.map(({ items, seconds }) => items / seconds)),
    p50Millis: quantile(latencies, 0.5),
    p99Millis: quantile(latencies, 0.99),
    busy: sum(({ busy }) => busy),
    errors: sum(({ errors }) => errors),
    firstError: samples.find(({ firstError }) => firstError !== null)?.firstError ?? null,
    memoryMegabytes: memoryMegabytesOf(target.pids.slice(0, 1)),
    notes: samples.at(-1)?.notes ?? {},
  };
};

const broken = (error: unknown): Round => ({
  items: 0,
  seconds: 1,
  latenciesMillis: [],
  busy: 0,
  errors: 1,
  firstError: error instanceof Error ? error.message : String(error),
});

export interface Measurement {
  readonly targets: readonly Target[];
  readonly rounds: number;
  readonly seconds: number;
}

type Drive = (options: { readonly seconds: number }) => Promise<Round>;

const drivenBy = async (scenario: Scenario, target: Target): Promise<Drive> => {
  try {
    return await scenario.prepare(target);
  } catch (error) {
    return () => Promise.resolve(broken(error));
  }
};

/** Drives all servers in turns, each round in the opposite order, so that noise hits them alike. */
export const measure = async (
  scenario: Scenario,
  { targets, rounds, seconds }: Measurement,
): Promise<readonly Measured[]> => {
  const driven = await Promise.all(
    targets
      .filter(({ name }) => scenario.isOursOnly !== true || name === 'ours')
      .map(async (target) => ({
        target,
        drive: await drivenBy(scenario, target),
        samples: [] as Sample[],
      })),
  );
  // Both get a moment to warm up, since neither is restarted in daily life.
  for (const { drive } of driven) await drive({ seconds: WARM_UP_SECONDS }).catch(broken);
  for (let round = 0; round < rounds; round += 1) {
    for (const { target, drive, samples } of round % 2 === 0 ? driven : driven.toReversed()) {
      const before = cpuSecondsOf(target.pids);
      const result = await drive({ seconds }).catch(broken);
      samples.push({ ...result, cpuSeconds: cpuSecondsOf(target.pids) - before });
    }
  }
  return driven.map(({ target, samples }) => summarise(scenario, target, samples));
};
