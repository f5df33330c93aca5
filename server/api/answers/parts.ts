import { z } from 'zod';

/** The parts that answers are made of, as the interface document names them; they describe, they do not convert. */
export const id = z.string().meta({ format: 'uuid' });

export const instant = z.string().meta({ format: 'date-time' });

export const integer = z.int();

/** Any value, null too, that must be there. */
export const anyValue = z.custom<unknown>((value) => value !== undefined);

export const anyObject = z.record(z.string(), z.unknown());

export const labelValue = z.union([z.boolean(), z.int(), z.number(), z.string()]);

/** A field that is null when it has no value. Answers always carry it; Prefect's own document calls it optional. */
export const nullable = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodOptional<z.ZodNullable<Schema>> => schema.nullable().optional();

/** What every stored thing has. */
export const storedShape = { id, created: instant.nullable(), updated: instant.nullable() };

/** One page of a numbered list. */
export const pageShape = { count: integer, limit: integer, pages: integer, page: integer };

export const countAnswer = z.int();

export const countsById = z.record(z.string(), z.int());
