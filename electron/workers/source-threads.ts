/** What this process needs before it starts threads from source. */
import { setFlagsFromString } from 'node:v8';

/**
 * Node strips types with WebAssembly, in each thread anew. When threads end and begin, V8 (13.6) now and then dies of
 * SIGSEGV as it improves a call out of it: Runtime_TierUpWasmToJSWrapper frees code of a module that is gone. So many
 * calls are never made; a bundle has no WebAssembly in its threads.
 */
export function prepareForSourceThreads(): void {
  setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');
}
