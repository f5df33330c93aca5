import type { Path, SchemaFault } from './schema-faults.ts';

const compareSteps = (left: string | number, right: string | number): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : Number(String(left) > String(right));
};

const comparePaths = (left: Path, right: Path): number => {
  for (const [index, step] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareSteps(step, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

const isWeak = ({ keyword }: SchemaFault): boolean => keyword === 'anyOf' || keyword === 'oneOf';

/** Orders faults by how much they say: higher up in the value is more, and an alternative says less. */
const compareRelevance = (left: SchemaFault, right: SchemaFault): number =>
  right.path.length - left.path.length ||
  comparePaths(left.path, right.path) ||
  Number(isWeak(right)) - Number(isWeak(left)) ||
  Number(right.matchesType) - Number(left.matchesType);

/**
 * The one fault of many that is reported. Among alternatives the deepest counts, because only one of them needs to
 * fit; when all are equal the fault of the whole says most.
 */
export const bestFault = (faults: readonly SchemaFault[]): SchemaFault | null => {
  let best: SchemaFault | null = null;
  for (const fault of faults) {
    if (best === null || compareRelevance(fault, best) > 0) best = fault;
  }
  while (best !== null && best.context.length > 0) {
    const [first, second]: readonly SchemaFault[] = best.context.toSorted(compareRelevance);
    if (first === undefined) return best;
    if (second !== undefined && compareRelevance(first, second) === 0) return best;
    best = first;
  }
  return best;
};

/** A place as Python's validator writes it: `o.items[2].name`. */
export const pathText = (path: Path): string =>
  path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `['${step}']`;
    })
    .join('')
    .replace(/^\./, '');
