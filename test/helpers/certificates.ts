/** An authority of one's own and certificates that it gives to servers on loopback, made anew by `openssl` for each run. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ServerCertificate {
  /** PEM, as the certificates below. */
  readonly key: string;
  readonly certificate: string;
}

export interface TestCertificates {
  readonly authority: string;
  /** For localhost and 127.0.0.1. */
  readonly server: ServerCertificate;
  /** For mail.example.com, by the same authority. */
  readonly otherName: ServerCertificate;
  /** For localhost, and over since yesterday. */
  readonly expired: ServerCertificate;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeCertificates(): Promise<TestCertificates> {
  const folder = await mkdtemp(join(tmpdir(), 'quire-certificates-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...parameters: string[]) => run('openssl', parameters, { cwd: folder });
  const issue = async (name: string, hosts: string, validity: readonly string[]): Promise<ServerCertificate> => {
    await openssl('req', '-new', ...curve, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    await writeFile(file(`${name}.ext`), `subjectAltName=${hosts}\n`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'],
      ...['-extfile', `${name}.ext`, '-out', `${name}.pem`, ...validity],
    );
    return {
      key: await readFile(file(`${name}.key`), 'utf8'),
      certificate: await readFile(file(`${name}.pem`), 'utf8'),
    };
  };
  try {
    await openssl(
      ...['req', '-x509', ...curve, '-subj', '/CN=Quire test authority', '-days', '2'],
      ...['-keyout', 'authority.key', '-out', 'authority.pem'],
    );
    return {
      authority: await readFile(file('authority.pem'), 'utf8'),
      server: await issue('server', 'DNS:localhost,IP:127.0.0.1', ['-days', '2']),
      otherName: await issue('other', 'DNS:mail.example.com', ['-days', '2']),
      // A negative number of days ends it before it began.
      expired: await issue('expired', 'DNS:localhost,IP:127.0.0.1', ['-days', '-1']),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
