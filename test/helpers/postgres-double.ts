/**
 * What stands in the place of a Postgres on loopback and does what no real one does: refuses encryption, asks for the
 * password in the clear, falls silent. It keeps what it is sent, decrypted.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';

export interface PostgresDoubleOptions {
  /** Shakes hands with this; without it, the request for TLS is answered by `answer`. */
  readonly certificate?: ServerCertificate;
  /** Bytes in answer to the request for TLS; `N` when absent, as a server without it says. Null says nothing. */
  readonly answer?: string | null;
  /** How the password is asked for; nothing is asked when absent. `scram-then-clear` begins as usual. */
  readonly signIn?: 'clear' | 'md5' | 'scram-then-clear' | 'silence';
}

export interface PostgresDouble {
  readonly port: number;
  /** What came on all connections, one byte a character; inside of TLS where there is some. */
  readonly received: string;
  /** Connections so far. */
  readonly connections: number;
  /** Ends every connection. */
  hangUp(): void;
  close(): Promise<void>;
}

/** Statements that hold this word are never answered. */
export const unanswered = 'unanswered';

export async function startPostgresDouble(options: PostgresDoubleOptions = {}): Promise<PostgresDouble> {
  const sockets = new Set<Socket>();
  let received = '';
  let connections = 0;

  const speak = (socket: Socket): void => {
    let buffered = Buffer.alloc(0);
    let hasStarted = false;
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      buffered = Buffer.concat([buffered, bytes]);
      while (buffered.length >= 5) {
        // The first message has no type.
        const typeLength = hasStarted ? 1 : 0;
        const end = typeLength + buffered.readInt32BE(typeLength);
        if (buffered.length < end) return;
        const type = hasStarted ? String.fromCharCode(buffered[0] ?? 0) : 'startup';
        const content = buffered.subarray(typeLength + 4, end).toString('latin1');
        buffered = buffered.subarray(end);
        hasStarted = true;
        for (const answer of answers(type, content, options)) socket.write(answer);
      }
    });
  };

  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (bytes: Buffer) => {
      const isRequestForTls = bytes.length === 8 && bytes.readInt32BE(4) === 80_877_103;
      if (!isRequestForTls) {
        speak(socket);
        socket.emit('data', bytes);
        return;
      }
      if (options.certificate) {
        socket.write('S');
        const secure = new TLSSocket(socket, {
          isServer: true,
          key: options.certificate.key,
          cert: options.certificate.certificate,
        });
        secure.on('error', () => undefined);
        speak(secure);
        return;
      }
      speak(socket);
      if (options.answer !== null) socket.write(options.answer ?? 'N');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received;
    },
    get connections() {
      return connections;
    },
    hangUp,
    async close() {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Messages: https://www.postgresql.org/docs/15/protocol-message-formats.html */
function answers(type: string, content: string, { signIn }: PostgresDoubleOptions): Buffer[] {
  const isSignedIn = [authentication(0), message('Z', 'I')];
  switch (type) {
    case 'startup':
      if (signIn === 'silence') return [];
      if (signIn === 'clear') return [authentication(3)];
      if (signIn === 'md5') return [authentication(5, 'salt')];
      if (signIn === 'scram-then-clear') return [authentication(10, 'SCRAM-SHA-256\0\0')];
      return isSignedIn;
    case 'p':
      return signIn === 'scram-then-clear' && content.startsWith('SCRAM') ? [authentication(3)] : isSignedIn;
    case 'Q':
      return content.includes(unanswered) ? [] : [message('C', 'SELECT 0\0'), message('Z', 'I')];
    default:
      return [];
  }
}

function authentication(code: number, rest = ''): Buffer {
  return message('R', String.fromCharCode(0, 0, 0, code) + rest);
}

function message(type: string, content: string): Buffer {
  const bytes = Buffer.alloc(5 + content.length);
  bytes.write(type, 'latin1');
  bytes.writeInt32BE(4 + content.length, 1);
  bytes.write(content, 5, 'latin1');
  return bytes;
}
