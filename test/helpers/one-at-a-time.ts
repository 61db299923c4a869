/**
 * A door before a Postgres that serves one connection at a time (PGlite: statements of two would mix): clients with several
 * connections, and several clients, take turns. A turn is a statement, or a transaction from its begin to its end.
 */
import { createConnection, createServer, type Socket } from 'node:net';

export interface Door {
  readonly port: number;
  /** Ends all connections and takes no more, as a server that is switched off. */
  shut(): Promise<void>;
  /** Takes connections again, at the same port. */
  open(): Promise<void>;
}

/** Byte that a message of the server begins with when the client may send its next statement. */
const readyForQuery = 'Z'.charCodeAt(0);
/** The state in it outside of a transaction. */
const idle = 'I'.charCodeAt(0);
/** Byte of the message with which a client takes its leave; it is not answered. */
const terminate = 'X'.charCodeAt(0);

/** @param upstream Port of the server on 127.0.0.1. */
export async function openDoor(upstream: number): Promise<Door> {
  const sockets = new Set<Socket>();
  let turn: Promise<void> = Promise.resolve();
  let port = 0;

  /** Resolves when it is this one's turn, with what ends it. */
  async function take(): Promise<() => void> {
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = before.then(() => promise);
    await before;
    return resolve;
  }

  function serve(client: Socket): void {
    const server = createConnection(upstream, '127.0.0.1');
    let end: (() => void) | null = null;
    let isWaiting = false;
    let isGone = false;
    let unsent: Buffer[] = [];
    let unread = Buffer.alloc(0);

    const leave = (): void => {
      if (isGone) return;
      isGone = true;
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', leave);
      socket.on('close', () => {
        sockets.delete(socket);
        leave();
        end?.();
        end = null;
      });
    }
    client.on('data', (bytes) => {
      if (end) return void server.write(bytes);
      if (bytes[0] === terminate) return leave();
      unsent.push(bytes);
      if (isWaiting) return;
      isWaiting = true;
      void take().then((done) => {
        isWaiting = false;
        if (isGone) return done();
        end = done;
        for (const waiting of unsent) server.write(waiting);
        unsent = [];
      });
    });
    server.on('data', (bytes) => {
      client.write(bytes);
      unread = Buffer.concat([unread, bytes]);
      while (unread.length >= 5 && unread.length > unread.readInt32BE(1)) {
        const size = 1 + unread.readInt32BE(1);
        if (unread[0] === readyForQuery && unread[5] === idle) {
          end?.();
          end = null;
        }
        unread = unread.subarray(size);
      }
    });
  }

  const door = createServer(serve);
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      door.once('error', reject);
      door.listen(port, '127.0.0.1', () => {
        const address = door.address();
        if (address !== null && typeof address === 'object') port = address.port;
        resolve();
      });
    });
  await open();
  return {
    port,
    open,
    shut: () =>
      new Promise((resolve) => {
        door.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
