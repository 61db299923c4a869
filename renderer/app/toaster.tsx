/** Where toasts appear, politely. */
import { CircleCheck, TriangleAlert, X } from 'lucide-react';
import { dismissToast, useToastStore } from './stores/toast-store.ts';

export function Toaster() {
  const toasts = useToastStore((state) => state.toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      data-passing=""
      className="pointer-events-none fixed right-4 bottom-10 [body:has([data-testid=selection-bar])_&]:bottom-[92px] [body:has([data-testid=composer])_&]:bottom-[150px] z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          data-testid="toast"
          className="appear pointer-events-auto flex items-start gap-2.5 rounded-lg bg-raised px-3 py-2.5 shadow-float"
        >
          {toast.kind === 'done' ? (
            <CircleCheck size={16} className="mt-0.5 shrink-0 text-success" aria-hidden="true" />
          ) : (
            <TriangleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-hidden="true" />
          )}
          <div className="min-w-0 flex-1">
            <p className="break-words">{toast.text}</p>
            {toast.detail ? <p className="text-muted">{toast.detail}</p> : null}
          </div>
          {toast.action ? (
            <button
              type="button"
              className="shrink-0 font-medium text-accent-ink hover:underline"
              onClick={() => {
                toast.action?.run();
                dismissToast(toast.id);
              }}
            >
              {toast.action.label}
            </button>
          ) : null}
          <button
            type="button"
            aria-label="Dismiss"
            className="-mr-1 shrink-0 rounded p-0.5 text-faint hover:bg-hover hover:text-ink"
            onClick={() => dismissToast(toast.id)}
          >
            <X size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
