/** Puts `window.quire` into the page: request(), stream() and on(), nothing else. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { QuireBridge } from '../shared/bridge.ts';
import { channels } from '../shared/channels.ts';
import { eventNames, type EventName } from '../shared/events.ts';
import type { StreamPart } from '../shared/stream.ts';

/** Replaces File objects by their paths (empty where there is none); the renderer itself never names a path. */
function withPaths(params: unknown): unknown {
  if (typeof params !== 'object' || params === null || !('files' in params) || !Array.isArray(params.files))
    return params;
  const files = params.files.map((file: unknown) => (file instanceof File ? webUtils.getPathForFile(file) : ''));
  return { ...params, files };
}

const bridge: QuireBridge = {
  request: (name, params, token) => ipcRenderer.invoke(channels.request, name, withPaths(params), token),
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
