import {
  fieldText,
  parseObject,
  readField,
  type SchemaField,
  schemaFields,
} from '#lib/parameters/schema-fields.ts';

type Values = Readonly<Record<string, unknown>>;

/** Values that a JSON schema asks for, while somebody types them: in fields, or as one JSON object. */
export class ParameterForm {
  readonly fields: readonly SchemaField[];
  isJson = $state(false);
  json = $state('');
  texts = $state<Record<string, string>>({});
  /** What no field is for, which is sent along as it is. */
  readonly #others: Values;

  constructor(schema: Values | null, given: Values) {
    this.fields = schemaFields(schema);
    const names = new Set(this.fields.map(({ name }) => name));
    this.#others = Object.fromEntries(Object.entries(given).filter(([name]) => !names.has(name)));
    this.isJson = this.fields.length === 0;
    this.json = JSON.stringify(given, null, 2);
    this.#fill(given);
  }

  #fill(given: Values): void {
    this.texts = Object.fromEntries(
      this.fields.map((field) => [
        field.name,
        fieldText(field, field.name in given ? given[field.name] : field.fallback),
      ]),
    );
  }

  readonly readings = $derived.by(
    () => new Map(this.fields.map((field) => [field.name, readField(field, this.#textOf(field))])),
  );

  /** What was typed; null while something in it is wrong. */
  readonly value = $derived.by((): Record<string, unknown> | null => {
    if (this.isJson) return parseObject(this.json);
    const value: Record<string, unknown> = { ...this.#others };
    for (const [name, reading] of this.readings) {
      if (reading.kind === 'fault') return null;
      if (reading.kind === 'value') value[name] = reading.value;
    }
    return value;
  });

  #textOf({ name }: SchemaField): string {
    return this.texts[name] ?? '';
  }

  /** Goes over to the other way of typing, with what was typed so far where it can be read. */
  readonly toggle = (): void => {
    const { value } = this;
    if (value !== null && this.isJson) this.#fill(value);
    if (value !== null && !this.isJson) this.json = JSON.stringify(value, null, 2);
    this.isJson = !this.isJson;
  };
}
