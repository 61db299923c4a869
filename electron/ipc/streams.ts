/** Hands the parts of a stream to the windows that listen to it; each listens by a ticket, which names the stream to it. */
import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { toAppError, type AppError } from '../../shared/errors.ts';
import { channels } from '../../shared/channels.ts';
import type { StreamListener } from '../pipeline/message-stream.ts';

export interface StreamsOptions {
  /**
   * Listens to the stream that a ticket is for, from its beginning; the returned function ends it. Null where the ticket
   * is none, too old, or used.
   */
  readonly attach: (ticket: string, listener: StreamListener) => Promise<(() => void) | null>;
  readonly isTrusted: (event: IpcMainEvent) => boolean;
  readonly onError: (name: string, error: AppError) => void;
}

/** The returned function detaches everybody. */
export function registerStreams({ attach, isTrusted, onError }: StreamsOptions): () => void {
  const attached = new Map<string, () => void>();
  /** Windows whose end is waited for; one listener each, however many streams they attach to. */
  const watched = new WeakSet<WebContents>();
  const detach = (name: string): void => {
    attached.get(name)?.();
    attached.delete(name);
  };
  const watch = (contents: WebContents): void => {
    if (watched.has(contents)) return;
    watched.add(contents);
    const { id } = contents;
    contents.once('destroyed', () => {
      for (const name of [...attached.keys()]) if (name.startsWith(`${id}/`)) detach(name);
    });
  };
  const key = (contents: WebContents, ticket: string): string => `${contents.id}/${ticket}`;
  ipcMain.on(channels.attach, (event, ticket: unknown) => {
    if (!isTrusted(event) || typeof ticket !== 'string') return;
    const contents = event.sender;
    const name = key(contents, ticket);
    let isWanted = true;
    const listen: StreamListener = (parts) => {
      if (isWanted && !contents.isDestroyed() && !contents.isCrashed()) contents.send(channels.stream, ticket, parts);
    };
    const listening = attach(ticket, listen);
    listening.catch((error: unknown) => onError('stream', toAppError(error)));
    attached.set(name, () => {
      isWanted = false;
      // That it could not be attached to was told.
      listening.then(
        (stop) => stop?.(),
        () => undefined,
      );
    });
    // Leaving the page detaches; only Stop ends an answer.
    watch(contents);
  });
  ipcMain.on(channels.detach, (event, ticket: unknown) => {
    if (isTrusted(event) && typeof ticket === 'string') detach(key(event.sender, ticket));
  });
  return () => {
    for (const name of [...attached.keys()]) detach(name);
  };
}
