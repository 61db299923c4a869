/**
 * API keys, and what sessions need, in the operating system's keychain (Keychain, Credential Manager, Secret Service),
 * and nowhere else.
 */
import { AppError } from '../../shared/errors.ts';
import type { Keychain, KeyName, KeyPurpose, SecretName, SecretStore } from '../pipeline/ports/keychain.ts';
import type { RemoteKind } from '../../shared/remotes.ts';

/** The name under which the system's own keychain window lists the entries. */
const service = 'Quire';

interface KeytarModule {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
  findCredentials(service: string): Promise<readonly { readonly account: string }[]>;
}

/** Every call fails with `keychain-unavailable` where the system has no keychain or it is locked. */
export function createKeychain(): SecretStore {
  let loading: Promise<KeytarModule> | undefined;
  const keytar = (): Promise<KeytarModule> => (loading ??= load());
  return {
    get: (name) => guarded(async () => (await keytar()).getPassword(service, name)),
    set: (name, key) => guarded(async () => (await keytar()).setPassword(service, name, key)),
    delete: (name) =>
      guarded(async () => {
        await (await keytar()).deletePassword(service, name);
      }),
    names: () =>
      guarded(async () =>
        (await (await keytar()).findCredentials(service)).map(({ account }) => account as SecretName),
      ),
  };
}

/** Keys from the environment for the command line, which may run where no keychain is; they cannot be changed. */
export function createEnvironmentKeychain(environment: Readonly<Record<string, string | undefined>>): Keychain {
  const variables: Readonly<Record<KeyPurpose | RemoteKind, string>> = {
    answers: 'QUIRE_ANSWERS_KEY',
    embedder: 'QUIRE_EMBEDDER_KEY',
    database: 'QUIRE_DATABASE_PASSWORD',
    bucket: 'QUIRE_BUCKET_SECRET',
  };
  const refuse = (name: KeyName): Promise<never> =>
    Promise.reject(
      new AppError('keychain-unavailable', 'The command line reads keys from the environment and keeps none.', {
        hint: `Set ${variables[purposeOf(name)]}, or enter the key in the app’s Settings.`,
      }),
    );
  return {
    get: (name) => Promise.resolve(environment[variables[purposeOf(name)]]?.trim() || null),
    set: refuse,
    delete: refuse,
  };
}

function purposeOf(name: KeyName): KeyPurpose | RemoteKind {
  return name.slice(0, name.indexOf('@')) as KeyPurpose | RemoteKind;
}

/** Loaded late: the native module needs libsecret on Linux, and must not keep the app from starting without it. */
async function load(): Promise<KeytarModule> {
  const module = (await import('keytar')) as KeytarModule & { readonly default?: KeytarModule };
  return module.default ?? module;
}

async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new AppError('keychain-unavailable', 'The system’s keychain cannot be used.', {
      hint:
        process.platform === 'linux'
          ? 'Install and unlock a Secret Service such as GNOME Keyring or KWallet; Quire keeps keys nowhere else.'
          : 'Unlock the keychain and allow Quire to use it; Quire keeps keys nowhere else.',
      retryable: true,
      cause: error,
    });
  }
}
