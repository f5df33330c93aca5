// Prints the GraphQL schema to the file that is committed: the contract that a reviewer reads.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { lexicographicSortSchema, printSchema } from 'graphql';

import { schema } from '#schema/index.ts';

const path = join(import.meta.dirname, '../schema/schema.graphql');
writeFileSync(path, `${printSchema(lexicographicSortSchema(schema))}\n`);
