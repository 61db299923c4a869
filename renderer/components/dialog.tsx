/**
 * A modal dialog. Radix's own Overlay is left out: it locks scrolling with an injected <style>, which the
 * content security policy refuses; the page below cannot scroll anyway.
 */
import { Dialog as Primitive } from 'radix-ui';
import { X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Said under the title, and read with it. */
  readonly description?: ReactNode;
  readonly className?: string;
  /** False for dialogs which draw their own head; the title is then read only. */
  readonly head?: boolean;
  readonly testId?: string;
  readonly children: ReactNode;
  /** False when closing hands the focus on by itself; else it returns to where it was. */
  readonly returnsFocus?: () => boolean;
}

export function Dialog(props: DialogProps) {
  const { open, onClose, title, description, className, head = true, testId, children, returnsFocus } = props;
  // Dialogs here have no trigger that Radix could return the focus to, and exist only while they are open.
  const [before] = useState(() => document.activeElement);
  return (
    <Primitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Primitive.Portal>
        <div className="fixed inset-0 z-40 bg-scrim" aria-hidden="true" />
        <Primitive.Content
          data-testid={testId}
          data-modal=""
          data-region="dialog"
          {...(description ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (returnsFocus?.() !== false && before instanceof HTMLElement) before.focus();
          }}
          className={classNames(
            'appear fixed top-[14vh] left-1/2 z-40 flex max-h-[76vh] w-[min(440px,calc(100vw-32px))] -translate-x-1/2 flex-col',
            'overflow-hidden rounded-xl bg-raised shadow-float focus:outline-none',
            className,
          )}
        >
          {head ? (
            <header className="px-5 pt-4">
              <Primitive.Title className="pr-8 text-reading font-semibold">{title}</Primitive.Title>
              {description ? (
                <Primitive.Description asChild>
                  <div className="mt-1 text-ui text-muted">{description}</div>
                </Primitive.Description>
              ) : null}
            </header>
          ) : (
            <Primitive.Title className="sr-only">{title}</Primitive.Title>
          )}
          {children}
          {head ? (
            <Primitive.Close
              aria-label="Close"
              className="absolute top-3 right-3 inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <X size={16} />
            </Primitive.Close>
          ) : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** The row of buttons at a dialog's foot. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <footer className="flex items-center justify-end gap-2 px-5 pt-4 pb-4">{children}</footer>;
}
