import { type Asked, askedOf, certificate } from './asked-database.ts';
import type { Effect, Variables } from './effect.ts';
import { observe } from './observed-app.ts';

const PART = 'PREFECT_SERVER_DATABASE_';
const TLS = `${PART}SQLALCHEMY_CONNECT_ARGS_TLS_`;

const PARTS: Variables = {
  [`${PART}DRIVER`]: 'postgresql+asyncpg',
  [`${PART}HOST`]: '127.0.0.1',
  [`${PART}USER`]: 'somebody',
  [`${PART}PASSWORD`]: 'pw',
  [`${PART}NAME`]: 'flows',
};

const ENCRYPTED: Variables = {
  [`${TLS}ENABLED`]: 'true',
  [`${TLS}CA_FILE`]: certificate('ca'),
};

/** What a database is told by a server that starts with it, null when they do not get to talk. */
const told = (env: Variables): Promise<Asked | null> =>
  askedOf((port) =>
    observe({ ...PARTS, [`${PART}PORT`]: String(port), ...env }, () => undefined).catch(
      () => undefined,
    ),
  );

const isTold =
  (given: Variables = {}) =>
  async (env: Variables): Promise<boolean> =>
    (await told({ ...given, ...env })) !== null;

/** How PostgreSQL is reached and who asks. */
export const connectionEffects: readonly Effect[] = [
  {
    variable: `${PART}HOST`,
    shows: 'whether the database at 127.0.0.1 is asked',
    observe: isTold(),
    cases: [
      ['127.0.0.1', true],
      ['127.0.0.2', false],
    ],
  },
  {
    variable: `${PART}PORT`,
    shows: 'whether the database at its port is asked',
    observe: isTold(),
    cases: [
      [null, true],
      ['1', false],
    ],
  },
  {
    variable: `${PART}USER`,
    shows: 'as whom the database is asked',
    observe: async (env) => (await told(env))?.user,
    cases: [
      ['somebody', 'somebody'],
      ['else', 'else'],
    ],
  },
  {
    variable: `${PART}PASSWORD`,
    shows: 'the password that the database is told',
    observe: async (env) => (await told(env))?.password,
    cases: [
      ['pw', 'pw'],
      ['hush', 'hush'],
    ],
  },
  {
    variable: `${TLS}ENABLED`,
    shows: 'whether the connection is encrypted',
    observe: async (env) => (await told({ ...ENCRYPTED, ...env }))?.isEncrypted,
    cases: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    variable: `${TLS}CA_FILE`,
    shows: 'whether the database is believed',
    observe: isTold(ENCRYPTED),
    cases: [
      [certificate('ca'), true],
      [certificate('other-ca'), false],
    ],
  },
  {
    variable: `${TLS}CERT_FILE`,
    shows: 'whom the certificate names that the database is shown',
    observe: async (env) => {
      const key = { [`${TLS}KEY_FILE`]: certificate('client-key') };
      return (await told({ ...ENCRYPTED, ...key, ...env }))?.client;
    },
    cases: [
      [null, null],
      [certificate('client'), 'prefect'],
    ],
  },
  {
    variable: `${TLS}KEY_FILE`,
    shows: 'whom the certificate names that the database is shown',
    observe: async (env) => {
      const cert = { [`${TLS}CERT_FILE`]: certificate('client') };
      return (await told({ ...ENCRYPTED, ...cert, ...env }))?.client;
    },
    cases: [
      [certificate('client-key'), 'prefect'],
      [certificate('server-key'), undefined],
    ],
  },
  {
    variable: `${TLS}CHECK_HOSTNAME`,
    shows: 'whether a database is believed that has another name in its certificate',
    observe: isTold({ ...ENCRYPTED, [`${PART}HOST`]: 'localhost' }),
    cases: [
      [null, false],
      ['false', true],
    ],
  },
];
