import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { DEFAULT_PAGE } from '../shared/page-arguments.ts';

/** The sizes of a selection; `complexity` and `nodes` count what its lists may hold. */
export interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly complexity: number;
  readonly nodes: number;
}

const EMPTY: Size = { depth: 0, aliases: 0, directives: 0, complexity: 0, nodes: 0 };

const add = (one: Size, other: Size): Size => ({
  depth: Math.max(one.depth, other.depth),
  aliases: one.aliases + other.aliases,
  directives: one.directives + other.directives,
  complexity: one.complexity + other.complexity,
  nodes: one.nodes + other.nodes,
});

/** A list that is a page has one of these; `edges` and `nodes` below it hold its rows. */
const PAGE_ARGUMENTS = new Set(['first', 'last']);
const ROW_FIELDS = new Set(['edges', 'nodes']);
const COSTS: Readonly<Record<string, number>> = {
  totalCount: 10,
  runAggregate: 20,
  taskRunAggregate: 20,
  flowRunAggregate: 20,
  eventCounts: 20,
  graph: 20,
  dependencies: 20,
  workQueueCheck: 10,
};

const argumentSize = (field: FieldNode): number | null => {
  const argument = field.arguments?.find(({ name }) => PAGE_ARGUMENTS.has(name.value));
  if (argument === undefined) return null;
  // A variable may be anything, so it counts as the page that is given without one.
  return argument.value.kind === Kind.INT ? Number(argument.value.value) : DEFAULT_PAGE;
};

const selectsRows = (field: FieldNode): boolean =>
  field.selectionSet?.selections.some(
    (selection) => selection.kind === Kind.FIELD && ROW_FIELDS.has(selection.name.value),
  ) ?? false;

const pageOf = (field: FieldNode): number =>
  argumentSize(field) ?? (selectsRows(field) ? DEFAULT_PAGE : 1);

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, Size>();
  readonly #open = new Set<string>();

  constructor(fragments: readonly FragmentDefinitionNode[]) {
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  set(set: SelectionSetNode | undefined): Size {
    let size = EMPTY;
    for (const selection of set?.selections ?? []) {
      const directives = { ...EMPTY, directives: selection.directives?.length ?? 0 };
      size = add(add(size, directives), this.#selection(selection));
    }
    return size;
  }

  #selection(selection: SelectionSetNode['selections'][number]): Size {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection);
      case Kind.INLINE_FRAGMENT:
        return this.set(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return this.#fragment(selection.name.value);
    }
  }

  #fragment(name: string): Size {
    const known = this.#known.get(name);
    // A fragment within itself is refused by another rule; here it must only come to an end.
    if (known !== undefined || this.#open.has(name)) return known ?? EMPTY;
    this.#open.add(name);
    const size = this.set(this.#fragments.get(name)?.selectionSet);
    this.#open.delete(name);
    this.#known.set(name, size);
    return size;
  }

  #field(field: FieldNode): Size {
    // Introspection is deep by nature and costs no read.
    if (field.name.value.startsWith('__')) return EMPTY;
    const inner = this.set(field.selectionSet);
    const page = field.selectionSet === undefined ? 1 : pageOf(field);
    const rows = page > 1 || argumentSize(field) !== null ? page : 0;
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (field.alias === undefined ? 0 : 1),
      directives: inner.directives,
      // A leaf is a column of a row that is read anyway.
      complexity:
        (COSTS[field.name.value] ?? (field.selectionSet === undefined ? 0 : 1)) +
        inner.complexity * Math.max(1, page / DEFAULT_PAGE),
      nodes: rows + inner.nodes * Math.max(1, page),
    };
  }
}

const known = new WeakMap<OperationDefinitionNode, Size>();

/** The sizes of an operation, measured once for as long as its document is kept. */
export const sizeOf = (document: DocumentNode, operation: OperationDefinitionNode): Size => {
  const measured = known.get(operation);
  if (measured !== undefined) return measured;
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const size = new Measure(fragments).set(operation.selectionSet);
  known.set(operation, size);
  return size;
};
