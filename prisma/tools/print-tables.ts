interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly isRequired: boolean;
  readonly hasDefaultValue: boolean;
}

interface Datamodel {
  readonly datamodel: {
    readonly models: Readonly<Record<string, { readonly fields: readonly ModelField[] }>>;
  };
}

const INSTANTS =
  /^(created|updated|timestamp|occurred|received|expiration|expires|start|end|at|bucket|stateTimestamp|lastPolled|cacheExpiration|lastHeartbeatTime|lastActivityTime|lastTransitionedStatusAt|triggeredAt|childFiredAt|(expected|nextScheduled)StartTime|startTime|endTime)$/;

const LISTS_OF_STRINGS = new Set(['tags', 'capabilities', 'limitIds']);
const OBJECTS = new Set([
  'parameters',
  'labels',
  'context',
  'empiricalPolicy',
  'jobVariables',
  'baseJobTemplate',
  'storageConfiguration',
  'stateDetails',
  'taskInputs',
  'resource',
  'payload',
  'fields',
]);

const jsonType = (name: string): string => {
  if (LISTS_OF_STRINGS.has(name)) return 'readonly string[]';
  return OBJECTS.has(name) ? 'JsonObject' : 'JsonValue';
};

const isStateType = (model: string, field: ModelField): boolean =>
  field.name === 'stateType' || (field.name === 'type' && model.endsWith('RunState'));

const typeOf = (model: string, field: ModelField): string => {
  if (isStateType(model, field)) return 'StateType';
  switch (field.type) {
    case 'String':
      return 'string';
    case 'Boolean':
      return 'boolean';
    case 'Int':
    case 'Float':
      return 'number';
    case 'BigInt':
      return INSTANTS.test(field.name) ? 'Micros' : 'number';
    case 'Json':
      return jsonType(field.name);
    default:
      throw new Error(`No row type for ${field.type}`);
  }
};

const rowLine = (model: string, field: ModelField): string =>
  `  readonly ${field.name}: ${typeOf(model, field)}${field.isRequired ? '' : ' | null'};`;

const tableLine = (model: string, field: ModelField): string => {
  const value = `${typeOf(model, field)}${field.isRequired ? '' : ' | null'}`;
  const optional = field.isRequired ? '' : ' | null | undefined';
  if (field.hasDefaultValue) return `  ${field.name}: Generated<${value}>;`;
  if (field.type === 'Json') {
    const written = `JsonText${field.isRequired ? '' : ' | null'}`;
    return `  ${field.name}: ColumnType<${value}, JsonText${optional}, ${written}>;`;
  }
  return `  ${field.name}: ColumnType<${value}, ${typeOf(model, field)}${optional}, ${value}>;`;
};

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** TypeScript for every table of the data model: the row as it is read, and the table as Kysely writes it. */
export const printTables = (model: Datamodel): string => {
  const models = Object.entries(model.datamodel.models);
  const blocks = models.map(([name, { fields }]) => {
    const columns = fields.filter((field) => field.kind === 'scalar');
    return [
      `export interface ${name}Row {\n${columns.map((field) => rowLine(name, field)).join('\n')}\n}`,
      `export interface ${name}Table {\n${columns.map((field) => tableLine(name, field)).join('\n')}\n}`,
    ].join('\n\n');
  });
  const tables = models.map(([name]) => `  ${lowerFirst(name)}: ${name}Table;`).join('\n');
  return [
    '// Generated from schema.prisma by prisma/tools/generate.ts.',
    "import type { ColumnType, Generated } from 'kysely';",
    "import type { JsonObject, JsonText, JsonValue } from '#server/json.ts';",
    "import type { StateType } from '#server/orchestration/states.ts';",
    "import type { Micros } from '#server/time.ts';",
    blocks.join('\n\n'),
    `export interface Tables {\n${tables}\n}`,
    '',
  ].join('\n\n');
};
