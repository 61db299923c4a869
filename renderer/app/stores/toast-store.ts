/** Short confirmations at the lower edge. Errors sit where they happened; one comes here only when it has no place. */
import { create } from 'zustand';
import { toAppError } from '../../../shared/errors.ts';

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'error';
  readonly text: string;
  readonly detail: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

const visibleMilliseconds = { done: 5_000, error: 12_000 };
/** As long as what was done can be undone. */
const undoMilliseconds = 10_000;
let nextId = 1;

export const useToastStore = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

export function dismissToast(id: number): void {
  useToastStore.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

function show(toast: Omit<Toast, 'id'>, milliseconds: number): void {
  const id = nextId++;
  useToastStore.setState((state) => ({ toasts: [...state.toasts.slice(-2), { ...toast, id }] }));
  setTimeout(() => dismissToast(id), milliseconds);
}

/** @param milliseconds How long it shows; as long as an undo is offered, when it has an action. */
export function showDone(text: string, action: Toast['action'] = null, milliseconds?: number): void {
  show(
    { kind: 'done', text, detail: '', action },
    milliseconds ?? (action ? undoMilliseconds : visibleMilliseconds.done),
  );
}

export function showError(thrown: unknown): void {
  const error = toAppError(thrown);
  if (error.code !== 'cancelled') showTrouble(error.message, error.hint);
}

const undoLabel = 'Undo';

/** The newest notice that offers to undo what it tells of. */
export function offeredUndo(): Toast | undefined {
  return useToastStore.getState().toasts.findLast(({ action }) => action?.label === undoLabel);
}

export function undoOffered(): void {
  const toast = offeredUndo();
  if (!toast) return;
  toast.action?.run();
  dismissToast(toast.id);
}

/** Something that went wrong without anybody having asked for it. */
export function showTrouble(text: string, detail: string): void {
  show({ kind: 'error', text, detail, action: null }, visibleMilliseconds.error);
}

/** Does what was asked for; a failure is told in a toast. */
export async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (thrown) {
    showError(thrown);
  }
}
