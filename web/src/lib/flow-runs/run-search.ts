import type {
  FlowRunFilter,
  FlowRunOrder,
  FlowRunOrderField,
  OrderDirection,
  StateFilter,
} from '@prefect-server/client-gen/web';

import { isStateType } from '#lib/states/states.ts';

/** What the runs page is asked to show; all of it lives in the address. */
export type RunSearch = {
  readonly states: readonly string[];
  readonly flows: readonly string[];
  /** Full names: `flow/deployment`. */
  readonly deployments: readonly string[];
  readonly workPools: readonly string[];
  readonly tags: readonly string[];
  readonly text: string;
  readonly range: string;
  readonly sort: string;
  readonly after: string | null;
  readonly before: string | null;
};

export const ranges = [
  { value: '1h', label: 'Past hour', seconds: 3600 },
  { value: '24h', label: 'Past day', seconds: 86_400 },
  { value: '7d', label: 'Past week', seconds: 7 * 86_400 },
  { value: '30d', label: 'Past month', seconds: 30 * 86_400 },
  { value: 'all', label: 'All time', seconds: null },
  { value: 'upcoming', label: 'Upcoming', seconds: null },
] as const;

export const defaultRange = '7d';
const defaultSort = 'START_TIME.DESC';
const sortFields: readonly FlowRunOrderField[] = ['START_TIME', 'END_TIME', 'NAME'];

type Params = Pick<URLSearchParams, 'get' | 'getAll'>;

const list = (params: Params, name: string): readonly string[] =>
  params.getAll(name).filter((text) => text !== '');

export const parseRunSearch = (params: Params): RunSearch => ({
  states: list(params, 'state'),
  flows: list(params, 'flow'),
  deployments: list(params, 'deployment'),
  workPools: list(params, 'pool'),
  tags: list(params, 'tag'),
  text: params.get('q') ?? '',
  range: params.get('range') ?? defaultRange,
  sort: params.get('sort') ?? defaultSort,
  after: params.get('after'),
  before: params.get('before'),
});

/** The address of a search, without what is the default anyway. */
export const formatRunSearch = (search: RunSearch): string => {
  const params = new URLSearchParams();
  for (const state of search.states) params.append('state', state);
  for (const flow of search.flows) params.append('flow', flow);
  for (const deployment of search.deployments) params.append('deployment', deployment);
  for (const workPool of search.workPools) params.append('pool', workPool);
  for (const tag of search.tags) params.append('tag', tag);
  if (search.text !== '') params.set('q', search.text);
  if (search.range !== defaultRange) params.set('range', search.range);
  if (search.sort !== defaultSort) params.set('sort', search.sort);
  if (search.after !== null) params.set('after', search.after);
  if (search.before !== null) params.set('before', search.before);
  return `?${params}`;
};

export const hasFilters = (search: RunSearch): boolean =>
  search.text !== '' ||
  [search.states, search.flows, search.deployments, search.workPools, search.tags].some(
    (values) => values.length > 0,
  );

export const runOrder = (search: RunSearch): FlowRunOrder => {
  const [field, direction] = search.sort.split('.');
  return {
    field: sortFields.find((one) => one === field) ?? 'START_TIME',
    direction: direction === 'ASC' ? 'ASC' : 'DESC',
  };
};

/** The sort after a click on a column: that column descending first, then the other way round. */
export const nextSort = (search: RunSearch, field: FlowRunOrderField): string => {
  const order = runOrder(search);
  const isTurned: boolean = order.field === field && order.direction === 'DESC';
  const direction: OrderDirection = isTurned ? 'ASC' : 'DESC';
  return `${field}.${direction}`;
};

export type TimeSpan = { readonly after: string | null; readonly before: string | null };

const minuteMillis = 60_000;

/** An instant at a full minute: the same question a second later is the same entry of the cache. */
const minuteBefore = (millis: number): string =>
  new Date(Math.floor(millis / minuteMillis) * minuteMillis).toISOString();

const minuteAfter = (millis: number): string => minuteBefore(millis + minuteMillis);

/** A range of the address as instants: a named one, or two instants joined by `..`. */
export const rangeSpan = (range: string, atMillis: number): TimeSpan => {
  const [after, before] = range.split('..');
  if (before !== undefined) return { after: after ?? null, before };
  if (range === 'upcoming') return { after: minuteBefore(atMillis), before: null };
  const seconds = ranges.find(({ value }) => value === range)?.seconds ?? null;
  return {
    after: seconds === null ? null : minuteBefore(atMillis - seconds * 1000),
    before: minuteAfter(atMillis),
  };
};

/** Runs that have been handed out at least once. */
export const handedOut: FlowRunFilter = { state: { type: { notIn: ['SCHEDULED'] } } };

/** Scheduled runs whose time has passed. */
export const lateRuns: FlowRunFilter = { state: { name: { in: ['Late'] } } };

/** Runs that are being started, go on or are being stopped. */
export const underwayRuns: FlowRunFilter = {
  state: { type: { in: ['PENDING', 'RUNNING', 'CANCELLING'] } },
};

export const stillScheduled: FlowRunFilter = { state: { type: { in: ['SCHEDULED'] } } };

const stateFilters = (states: readonly string[]): StateFilter[] => {
  const types = states.filter((state) => isStateType(state));
  const names = states.filter((state) => !isStateType(state));
  return [
    ...(types.length > 0 ? [{ type: { in: types } }] : []),
    ...(names.length > 0 ? [{ name: { in: names } }] : []),
  ];
};

const deploymentFilter = (fullName: string): FlowRunFilter => {
  const cut = fullName.indexOf('/');
  return {
    flow: { name: { in: [fullName.slice(0, cut)] } },
    deployment: { name: { in: [fullName.slice(cut + 1)] } },
  };
};

/** Everything of the search but state and time: what a subscription to the list follows. */
export const followedFilter = (search: RunSearch): FlowRunFilter => ({
  ...(search.text !== '' && { name: { contains: search.text } }),
  ...(search.flows.length > 0 && { flow: { name: { in: [...search.flows] } } }),
  ...(search.workPools.length > 0 && { workPool: { name: { in: [...search.workPools] } } }),
  ...(search.tags.length > 0 && { tags: { all: [...search.tags] } }),
  ...(search.deployments.length > 0 && { or: search.deployments.map(deploymentFilter) }),
});

/** The filter of the list; pages of one moment share `atMillis`. */
export const runFilter = (search: RunSearch, atMillis: number): FlowRunFilter => {
  const states = stateFilters(search.states);
  const { after, before } = rangeSpan(search.range, atMillis);
  const isBounded = after !== null || before !== null;
  return {
    ...followedFilter(search),
    ...(states.length > 0 && { and: [{ or: states.map((state) => ({ state })) }] }),
    ...(isBounded && {
      expectedStartTime: {
        ...(after !== null && { after }),
        ...(before !== null && { before }),
      },
    }),
  };
};

/** True if a run in this state belongs into the list. */
export const matchesState = (search: RunSearch, state: { type: string; name: string }): boolean =>
  search.states.length === 0 ||
  search.states.includes(state.type) ||
  search.states.includes(state.name);
