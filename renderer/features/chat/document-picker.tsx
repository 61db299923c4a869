/** A button with the list of documents to choose from: what a conversation asks, what conversations are about. */
import { Popover } from 'radix-ui';
import type { ReactElement } from 'react';
import { layerElement } from '../../components/layer.ts';
import { DocumentChoices, type DocumentChoicesProps } from './document-choices.tsx';

export interface DocumentPickerProps extends DocumentChoicesProps {
  /** Read with the list. */
  readonly label: string;
  readonly side: 'top' | 'bottom';
  /** The button that opens it. */
  readonly children: ReactElement;
}

export function DocumentPicker({ label, side, children, ...choices }: DocumentPickerProps) {
  return (
    <Popover.Root>
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
          <DocumentChoices {...choices} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
