/**
 * Leaves out what a reasoning model thinks aloud: local servers send it inside the text as
 * `<think>…</think>` before the answer (DeepSeek R1, Qwen 3).
 */
const opening = '<think>';
const closing = '</think>';

export interface ThoughtFilter {
  /** Takes the next piece of the stream, gives the part of it that belongs to the answer. */
  push(text: string): string;
  /** What was held back because a tag might have begun. */
  end(): string;
}

/** Only a tag at the very beginning of the answer counts; `<think>` later on is the answer's own text. */
export function createThoughtFilter(): ThoughtFilter {
  let state: 'before' | 'inside' | 'after' | 'answer' = 'before';
  let held = '';
  function push(text: string): string {
    if (state === 'answer') return text;
    held += text;
    if (state === 'before') {
      const trimmed = held.trimStart();
      if (trimmed.startsWith(opening)) {
        state = 'inside';
        held = trimmed.slice(opening.length);
      } else if (opening.startsWith(trimmed)) {
        return '';
      } else {
        return release();
      }
    }
    if (state === 'inside') {
      const end = held.indexOf(closing);
      if (end < 0) {
        held = held.slice(-(closing.length - 1));
        return '';
      }
      state = 'after';
      held = held.slice(end + closing.length);
    }
    held = held.trimStart();
    return held === '' ? '' : release();
  }
  function release(): string {
    const text = held;
    held = '';
    state = 'answer';
    return text;
  }
  return {
    push,
    end: () => (state === 'before' ? release() : ''),
  };
}
