/** Tells main's log of errors that nobody caught: where in the code, never with what the window shows. */
import { request } from './client.ts';

/** What main takes of each, in characters. */
const longest = { part: 60, name: 60, message: 1_000, stack: 6_000 } as const;

export function reportError(part: string, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(typeof thrown);
  request('window.reportError', {
    part: part.slice(0, longest.part),
    name: error.name.slice(0, longest.name),
    message: error.message.slice(0, longest.message),
    stack: (error.stack ?? '').slice(0, longest.stack),
    // The window has said what it has to say; a log that can't be written is told by main.
  }).catch(() => undefined);
}

/** What no part of the window catches: in handlers of events, in promises. */
export function reportUncaught(): void {
  window.addEventListener('error', ({ error }) => {
    // What Chromium itself tells (a ResizeObserver that needs another frame) has none, and is none.
    if (error) reportError('uncaught', error);
  });
  window.addEventListener('unhandledrejection', ({ reason }) => reportError('rejection', reason));
}
