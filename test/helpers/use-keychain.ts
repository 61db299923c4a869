/** Run as a process of its own: puts a key into the keychain, reads and deletes it, prints one JSON line a step. */
import { createKeychain } from '../../electron/adapters/keychain.ts';
import { toAppError } from '../../shared/errors.ts';

const keychain = createKeychain();
const steps: readonly (() => Promise<unknown>)[] = [
  () => keychain.get('answers@api.example.com'),
  () => keychain.set('answers@api.example.com', 'sk-test-ü'),
  () => keychain.get('answers@api.example.com'),
  () => keychain.get('embedder@api.example.com'),
  () => keychain.delete('answers@api.example.com'),
  () => keychain.get('answers@api.example.com'),
  () => keychain.delete('answers@api.example.com'),
  () => keychain.set('session-key', 'secret of sessions'),
  async () => (await keychain.names()).join(),
];
for (const step of steps) {
  try {
    console.log(JSON.stringify({ value: (await step()) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: toAppError(error).toInfo() }));
  }
}
