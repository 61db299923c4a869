/** A button with the list of documents to choose from: what a conversation asks, what conversations and pieces are about. */
import { Popover } from 'radix-ui';
import { useState, type ReactElement } from 'react';
import { layerElement } from '../components/layer.ts';
import { DocumentChoices, type DocumentChoicesProps } from './document-choices.tsx';

export interface DocumentPickerProps extends DocumentChoicesProps {
  /** Read with the list. */
  readonly label: string;
  readonly side: 'top' | 'bottom';
  /** The button that opens it. */
  readonly children: ReactElement;
}

export function DocumentPicker({ label, side, children, onChange, ...choices }: DocumentPickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>{children}</Popover.Trigger>
      <Popover.Portal container={layerElement()}>
        <Popover.Content
          side={side}
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={label}
          className="appear z-30 flex max-h-[min(420px,60vh)] w-80 flex-col overflow-hidden rounded-lg bg-raised shadow-float focus:outline-none"
        >
          <DocumentChoices
            {...choices}
            onChange={(scope) => {
              onChange(scope);
              if (choices.isSingle) setIsOpen(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
