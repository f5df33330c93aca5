import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** A file of the certificates that tests have: one authority with a server and a client, and another authority. */
export const certificate = (name: string): string =>
  join(import.meta.dirname, 'tls', `${name}.pem`);

/** What a client has said before it could know that there is no database behind it. */
export interface Asked {
  readonly isEncrypted: boolean;
  /** Whom its certificate names; null without one. */
  readonly client: string | null;
  readonly user: string | undefined;
  readonly password: string;
}

const ENCRYPT = 80_877_103;
const ASK_FOR_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

const nextMessage = async (socket: Socket): Promise<Buffer> => {
  const [message] = await once(socket, 'data');
  // A socket without an encoding gives bytes; the messages before a login come in one piece each.
  return message as Buffer;
};

const textsIn = (message: Buffer): readonly string[] => message.toString('utf8').split('\0');

const encrypt = async (plain: Socket): Promise<TLSSocket> => {
  plain.write('S');
  const socket = new TLSSocket(plain, {
    isServer: true,
    key: readFileSync(certificate('server-key')),
    cert: readFileSync(certificate('server')),
    ca: readFileSync(certificate('ca')),
    requestCert: true,
    rejectUnauthorized: false,
  });
  await once(socket, 'secure');
  return socket;
};

const nameOf = (socket: TLSSocket): string | null => {
  // Without a certificate the library gives an empty object, whatever its types say.
  const { subject } = socket.getPeerCertificate() as { readonly subject?: { readonly CN: string } };
  return subject?.CN ?? null;
};

const hear = async (plain: Socket): Promise<Asked> => {
  const first = await nextMessage(plain);
  const isEncrypted = first.length === 8 && first.readUInt32BE(4) === ENCRYPT;
  const socket = isEncrypted ? await encrypt(plain) : plain;
  const startup = textsIn((isEncrypted ? await nextMessage(socket) : first).subarray(8));
  socket.write(ASK_FOR_PASSWORD);
  const [password = ''] = textsIn((await nextMessage(socket)).subarray(5));
  return {
    isEncrypted,
    client: socket instanceof TLSSocket ? nameOf(socket) : null,
    user: startup[startup.indexOf('user') + 1],
    password,
  };
};

/** Lets something ask for a database that only listens; gives what it said, null when it said too little or nothing. */
export const askedOf = async (ask: (port: number) => Promise<unknown>): Promise<Asked | null> => {
  let asked: Promise<Asked | null> = Promise.resolve(null);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    asked = Promise.race([hear(socket), once(socket, 'close').then(() => null)])
      .catch(() => null)
      .finally(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of that form.
  await ask((server.address() as AddressInfo).port);
  server.close();
  for (const socket of sockets) socket.destroy();
  return asked;
};
