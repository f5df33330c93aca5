import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Reporter, TestCase, TestModule } from 'vitest/node';

const path = join(import.meta.dirname, '../node_modules/.cache/prefect-server/test-summary.json');

const outermostSuite = (test: TestCase): string => {
  const names = test.fullName.split(' > ');
  return names[0] ?? test.fullName;
};

const skipReason = (test: TestCase): string => {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? `${test.module.relativeModuleId}: ${outermostSuite(test)}`;
};

const countReasons = (tests: readonly TestCase[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const test of tests) counts.set(skipReason(test), (counts.get(skipReason(test)) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/** Writes down how many tests passed, failed and were skipped, and why the latter were. */
export class TestSummary implements Reporter {
  // Vitest calls a method of a reporter object, so this one has no other state than what it is given.
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const failed = tests.filter((test) => test.result().state === 'failed');
    // A file that cannot even be loaded has no tests to count.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && module.errors().length > 0,
    );
    const summary = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: failed.length + broken.length + errors.length,
      skipped: skipped.length,
      reasons: countReasons(skipped),
    };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(summary));
  }
}
