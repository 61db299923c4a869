/** What palette and shortcuts ask of the page that is open; nobody listens when none is. */
export type ViewerCommand =
  | 'find'
  | 'find-next'
  | 'find-previous'
  | 'go-to-page'
  | 'zoom-in'
  | 'zoom-out'
  | 'actual-size'
  | 'fit-width'
  | 'fit-page'
  | 'rotate-right'
  | 'rotate-left'
  | 'outline'
  | 'thumbnails'
  | 'source'
  | 'back'
  | 'ask-selection'
  | 'write'
  | 'copy-citation';

type Listener = (command: ViewerCommand) => void;
const listeners = new Set<Listener>();

export function sendViewerCommand(command: ViewerCommand): void {
  for (const listener of listeners) listener(command);
}

/** The returned function ends it. */
export function onViewerCommand(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
