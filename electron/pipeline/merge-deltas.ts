/** Fewer, longer parts of a stream for the window. Pure. */
import type { StreamPart } from '../../shared/stream.ts';

/** One delta in place of several in a row: fewer objects to clone, the same text. */
export function mergeDeltas(parts: readonly StreamPart[]): StreamPart[] {
  const merged: StreamPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.type === 'text-delta' && last?.type === 'text-delta') {
      merged[merged.length - 1] = { ...part, text: last.text + part.text };
    } else {
      merged.push(part);
    }
  }
  return merged;
}
