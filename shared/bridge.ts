/** What the preload puts on `window.quire`: three functions and nothing else. */
import type { EventMap, EventName } from './events.ts';
import type { RequestInput, RequestName, RequestResult, Result } from './requests/index.ts';
import type { StreamPart } from './stream.ts';

export interface QuireBridge {
  /** Never rejects: a failure is `{ok: false, error}`. File objects in `params.files` become their paths on the way. */
  request<Name extends RequestName>(
    name: Name,
    params: BridgeInput<Name>,
    /** Of the session; null for what needs none. */
    accessToken: string | null,
  ): Promise<Result<RequestResult<Name>>>;
  /** Attaches to a stream by a ticket of `session.openStream`; the returned function detaches (it does not stop the stream). */
  stream(ticket: string, listener: (parts: readonly StreamPart[]) => void): () => void;
  on<Name extends EventName>(name: Name, listener: (event: EventMap[Name]) => void): () => void;
}

/** As RequestInput, but files are File objects: the renderer never names a path. */
export type BridgeInput<Name extends RequestName> = Name extends 'library.addFiles'
  ? { readonly files: readonly File[] }
  : RequestInput<Name>;
