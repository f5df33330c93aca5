// A thread that copies the write-ahead log into the database, each time it is told to.
import { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

const serve = (port: MessagePort, path: string): void => {
  const database = new DatabaseSync(path);
  // A passive one waits for nobody and nobody waits for it: it copies as far as those who read let it.
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  port.on('message', () => {
    checkpoint.get();
    port.postMessage('done');
  });
};

if (parentPort !== null) serve(parentPort, String(workerData));
