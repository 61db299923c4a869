/** Puts `window.quire` into the page: request(), stream() and on(), nothing else. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { QuireBridge } from '../shared/bridge.ts';
import { channels } from '../shared/channels.ts';
import { eventNames, type EventName } from '../shared/events.ts';
import type { RequestName } from '../shared/requests/index.ts';
import type { StreamPart } from '../shared/stream.ts';
import { FirstRequests } from './first-requests.ts';

/** Replaces File objects by their paths (empty where there is none); the renderer itself never names a path. */
function withPaths(params: unknown): unknown {
  if (typeof params !== 'object' || params === null || !('files' in params) || !Array.isArray(params.files))
    return params;
  const files = params.files.map((file: unknown) => (file instanceof File ? webUtils.getPathForFile(file) : ''));
  return { ...params, files };
}

const ask: QuireBridge['request'] = (name, params, token) =>
  ipcRenderer.invoke(channels.request, name, withPaths(params), token);

const first = new FirstRequests({
  session: () => ask('session.current', {}, null),
  documents: (accessToken) => ask('library.listDocuments', {}, accessToken),
});
ipcRenderer.once(channels.event, () => first.drop());

/** Null when the request is another, or has to be asked anew. */
async function takeFirst(name: RequestName, token: string | null): Promise<unknown> {
  if (name === 'session.current') return first.takeSession();
  return name === 'library.listDocuments' ? first.takeDocuments(token) : null;
}

const bridge: QuireBridge = {
  request: async (name, params, token) =>
    ((await takeFirst(name, token)) as Awaited<ReturnType<typeof ask<typeof name>>> | null) ?? ask(name, params, token),
  stream: (ticket, listener) => {
    const receive = (_event: IpcRendererEvent, id: string, parts: readonly StreamPart[]): void => {
      if (id === ticket) listener(parts);
    };
    ipcRenderer.on(channels.stream, receive);
    ipcRenderer.send(channels.attach, ticket);
    return () => {
      ipcRenderer.off(channels.stream, receive);
      ipcRenderer.send(channels.detach, ticket);
    };
  },
  on: (name, listener) => {
    // SECURITY: only names of the closed list; a page can't listen in on other channels.
    if (!eventNames.includes(name)) throw new TypeError(`There is no event ${String(name)}.`);
    const receive = (_event: IpcRendererEvent, event: EventName, detail: Parameters<typeof listener>[0]): void => {
      if (event === name) listener(detail);
    };
    ipcRenderer.on(channels.event, receive);
    return () => ipcRenderer.off(channels.event, receive);
  },
};

contextBridge.exposeInMainWorld('quire', bridge);
