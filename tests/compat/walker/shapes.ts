import fc from 'fast-check';

import { schemaChecksum } from '#server/blocks/schema-checksum.ts';
import type { JsonObject, JsonValue } from '#server/json.ts';

const REFERENCE = { $ref: { block_document_id: '{{block_documents:-1}}' } };

const PARAMETERS: readonly JsonObject[] = [
  {},
  { alpha: 'beta' },
  { alpha: 1, beta: [1, null, { gamma: true }] },
  { alpha: 1.5, gamma: 'Ünï' },
  { alpha: null, stranger: 'x'.repeat(60) },
  { alpha: { __prefect_kind: 'json', value: '{"a": [1, 2]}' } },
  { alpha: { __prefect_kind: 'json', value: 'junk' } },
  { alpha: { __prefect_kind: 'jinja', template: 'hello' } },
  { alpha: { __prefect_kind: 'workspace_variable', variable_name: 'alpha' } },
  { alpha: { __prefect_kind: 'none', value: 'alpha' } },
  { alpha: REFERENCE },
];

const SCHEMAS: readonly JsonObject[] = [
  {},
  { alpha: 'beta' },
  { type: 'object', properties: { alpha: { type: 'string', title: 'Alpha', position: 0 } } },
  { type: 'object', properties: { alpha: { type: 'integer', default: 3 } }, required: ['alpha'] },
  {
    type: 'object',
    properties: {
      alpha: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      beta: { type: 'array' },
    },
    required: ['beta'],
  },
  {
    type: 'object',
    properties: { alpha: { allOf: [{ $ref: '#/definitions/Choice' }] } },
    definitions: { Choice: { enum: ['beta', 'gamma'], type: 'string' } },
  },
  { type: 'object', properties: { alpha: { type: 'junk' } } },
];

const JOB_TEMPLATES: readonly JsonObject[] = [
  {},
  { job_configuration: {}, variables: { type: 'object', properties: {} } },
  {
    job_configuration: { command: '{{ command }}', env: '{{ env }}' },
    variables: {
      type: 'object',
      properties: { command: { type: 'string', default: 'echo' }, env: { type: 'object' } },
      required: ['env'],
    },
  },
  { job_configuration: { command: '{{ missing }}' }, variables: { properties: {} } },
  { variables: { properties: { alpha: { type: 'integer' } }, required: ['alpha'] } },
];

/** Fields of a block that another one holds, as a client writes them. */
const NESTED = {
  title: 'Alpha',
  type: 'object',
  properties: { a: { type: 'string' } },
  block_type_slug: 'alpha',
  secret_fields: ['a'],
  block_schema_references: {},
};

const FIELDS: readonly JsonObject[] = [
  {},
  NESTED,
  {
    title: 'Beta',
    type: 'object',
    properties: { a: { type: 'string' }, nested: { type: 'object' }, list: { type: 'array' } },
    required: ['a'],
    secret_fields: ['a', 'nested.b', 'list.*.d'],
  },
  {
    title: 'Gamma',
    type: 'object',
    properties: { inner: { $ref: '#/definitions/Alpha' } },
    definitions: { Alpha: NESTED },
    block_type_slug: 'gamma',
    secret_fields: ['inner.a'],
    block_schema_references: {
      inner: { block_type_slug: 'alpha', block_schema_checksum: schemaChecksum(NESTED) },
    },
  },
];

const DOCUMENTS: readonly JsonObject[] = [
  {},
  { a: 'secret', nested: { b: 'hidden', c: 1 }, list: [{ d: 'x' }, { e: 2 }] },
  { a: 5, nested: { b: null } },
  { a: '********', nested: { b: 'new' } },
  { inner: REFERENCE, a: 'b' },
  { inner: { $ref: { block_document_id: 'junk' } } },
];

const LABELS: readonly JsonObject[] = [
  {},
  { alpha: 'beta' },
  { alpha: 1, beta: 1.5, gamma: true, 'a b': '' },
  { 'prefect.flow.id': 'mine' },
];

const RESOURCE_IDS = [
  'prefect.flow-run.{{flow_runs:-1}}',
  'prefect.deployment.{{deployments:-1}}',
  'alpha.1',
  'alpha.2',
  'beta/x y',
  'Ünï',
] as const;

const RESOURCES: readonly JsonObject[] = [
  ...RESOURCE_IDS.map((id) => ({ 'prefect.resource.id': id })),
  { 'prefect.resource.id': 'alpha.1', 'prefect.resource.name': 'One', beta: 'gamma' },
  { 'prefect.resource.id': 'alpha.2', 'prefect.name': 'Two', beta: 'delta' },
  { 'prefect.resource.id': 'alpha.3', beta: 'gamma', empty: '' },
];

const ROLES = ['alpha-role', 'beta-role', 'flow'] as const;

const related: fc.Arbitrary<JsonValue> = fc
  .tuple(fc.constantFrom(...RESOURCES), fc.constantFrom(...ROLES))
  .map(([resource, role]) => ({ ...resource, 'prefect.resource.role': role }));

const SPECIFICATIONS: readonly JsonObject[] = [
  {},
  { 'prefect.resource.id': 'alpha.*' },
  { 'prefect.resource.id': ['alpha.1', 'prefect.flow-run.*'] },
  { beta: 'gamma' },
  { beta: ['!gamma'] },
  { beta: ['gamma', 'delta'], 'prefect.resource.id': 'alpha.*' },
  { beta: '*' },
  { beta: [] },
  { missing: 'x' },
];

const faulty = (values: readonly JsonValue[], faults: readonly JsonValue[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constantFrom(...faults) },
  );

/** Bodies that are templates: some good, some not. */
export const TEMPLATES_TO_CHECK: readonly JsonValue[] = [
  '',
  'hello',
  '{{ flow_run.name }} is {{ event.payload["state"] | upper }}',
  '{% for item in items %}{{ loop.index }}{% else %}none{% endfor %}',
  '{% set a = [1, 2.5, "x"] %}{{ a[0] ** 2 // 3 }}',
  '{% raw %}{{ {% endraw %}{# note #}',
  '{%- if a is defined and not b -%}x{%- elif c %}y{% endif %}',
  '{% macro m(a, b=1) %}{{ a }}{% endmacro %}{{ m(1) }}',
  '{{',
  'one\ntwo {{ a b }}',
  '{% for x in y %}',
  '{% endfor %}',
  '{% if %}{% endif %}',
  '{{ a | no_such_filter }}',
  '{{ a is no_such_test }}',
  '{% no_such_tag %}',
  '{{ "open }}',
  '{{ a.b.__class__ }}',
  '{% for a in b %}{% for c in d %}{% for e in f %}{% endfor %}{% endfor %}{% endfor %}',
  '{% for a in b %}{% endfor %}'.repeat(11),
  '{% include "x" %}',
  '{{ 1 if a else }}',
  '}}',
  null,
  5,
];

/** Values of schemas whose own words do not tell what belongs into them. */
const BY_SCHEMA: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  Resource: faulty(RESOURCES, [{}, { alpha: 'beta' }, { 'prefect.resource.id': 5 }]),
  RelatedResource: fc.oneof(
    { weight: 20, arbitrary: related },
    { weight: 1, arbitrary: fc.constantFrom(...RESOURCES, {}) },
  ),
  ResourceSpecification: faulty(SPECIFICATIONS, ['junk', { alpha: 1 }]),
};

/** Values of properties that the interface document leaves open. */
const BY_KEY: Readonly<Record<string, readonly JsonValue[]>> = {
  parameters: PARAMETERS,
  values: PARAMETERS,
  job_variables: PARAMETERS,
  context: PARAMETERS,
  payload: PARAMETERS,
  parameter_openapi_schema: SCHEMAS,
  schema: SCHEMAS,
  base_job_template: JOB_TEMPLATES,
  fields: FIELDS,
  data: DOCUMENTS,
  labels: LABELS,
};

/** An arbitrary for what the interface document leaves open; undefined where its own words are enough. */
export const shapeOf = (place: {
  readonly key: string;
  readonly owner: string;
  readonly isOpen: boolean;
}): fc.Arbitrary<JsonValue> | undefined => {
  const named = BY_SCHEMA[place.owner];
  if (named !== undefined) return named;
  const values = place.isOpen ? BY_KEY[place.key] : undefined;
  return values === undefined ? undefined : fc.constantFrom(...values);
};
