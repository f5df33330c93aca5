import { testedKinds } from './database.ts';
import { startPostgresql } from './postgresql.ts';

/** Starts PostgreSQL for the suite when it is asked for and `TEST_DATABASE_URL` names none. */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  if (!testedKinds.includes('postgresql') || process.env['TEST_DATABASE_URL'] !== undefined)
    return undefined;
  const server = await startPostgresql();
  process.env['TEST_DATABASE_URL'] = server.url;
  return () => server.stop();
};
