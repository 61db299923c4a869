/** Hands the parts of a stream to the windows that listen to it. */
import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { channels } from '../../shared/channels.ts';
import type { StreamListener } from '../pipeline/chat.ts';

export interface StreamsOptions {
  /** Listens to a stream of the library that is open now, from its beginning; the returned function ends it. */
  readonly attach: (streamId: string, listener: StreamListener) => () => void;
  readonly isTrusted: (event: IpcMainEvent) => boolean;
}

export function registerStreams({ attach, isTrusted }: StreamsOptions): void {
  const attached = new Map<string, () => void>();
  /** Windows whose end is waited for; one listener each, however many streams they attach to. */
  const watched = new WeakSet<WebContents>();
  const watch = (contents: WebContents): void => {
    if (watched.has(contents)) return;
    watched.add(contents);
    const { id } = contents;
    contents.once('destroyed', () => {
      for (const [name, stop] of attached) {
        if (!name.startsWith(`${id}/`)) continue;
        stop();
        attached.delete(name);
      }
    });
  };
  const key = (contents: WebContents, streamId: string): string => `${contents.id}/${streamId}`;
  const detach = (contents: WebContents, streamId: string): void => {
    attached.get(key(contents, streamId))?.();
    attached.delete(key(contents, streamId));
  };
  ipcMain.on(channels.attach, (event, streamId: unknown) => {
    if (!isTrusted(event) || typeof streamId !== 'string') return;
    const contents = event.sender;
    detach(contents, streamId);
    const stop = attach(streamId, (parts) => {
      if (!contents.isDestroyed() && !contents.isCrashed()) contents.send(channels.stream, streamId, parts);
    });
    attached.set(key(contents, streamId), stop);
    // Leaving the page detaches; only Stop ends an answer.
    watch(contents);
  });
  ipcMain.on(channels.detach, (event, streamId: unknown) => {
    if (isTrusted(event) && typeof streamId === 'string') detach(event.sender, streamId);
  });
}
