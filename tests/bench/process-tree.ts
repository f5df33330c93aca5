import { readFileSync, readdirSync } from 'node:fs';

// USER_HZ, which Linux has fixed at 100 for everything that /proc tells.
const TICKS_PER_SECOND = 100;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

const readFacts = (pid: number): ProcessFacts | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold blanks; what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
};

/** A process and everything it started, as far as it still runs. */
const treeOf = (root: number): readonly ProcessFacts[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => readFacts(Number(name)))
    .filter((facts) => facts !== null);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree: ProcessFacts[] = all.filter(({ pid }) => pid === root);
  for (let at = 0; at < tree.length; at += 1) {
    tree.push(...(children.get(tree[at]?.pid ?? -1) ?? []));
  }
  return tree;
};

/** CPU seconds that process trees have used so far, ended children included. */
export const cpuSecondsOf = (roots: readonly number[]): number =>
  roots.flatMap(treeOf).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;

/** Resident memory of process trees in MB; pages shared between processes count once for each. */
export const memoryMegabytesOf = (roots: readonly number[]): number =>
  roots
    .flatMap(treeOf)
    .map(({ pid }) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        return Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? 0) / 1024;
      } catch {
        return 0;
      }
    })
    .reduce((sum, megabytes) => sum + megabytes, 0);
