/** The only user of `window.quire`: results become values or a thrown AppError, nothing else knows the bridge. */
import type { BridgeInput, QuireBridge } from '../../shared/bridge.ts';
import { AppError } from '../../shared/errors.ts';
import type { EventMap, EventName } from '../../shared/events.ts';
import type { RequestName, RequestResult } from '../../shared/requests/index.ts';
import type { StreamPart } from '../../shared/stream.ts';

declare global {
  interface Window {
    readonly quire: QuireBridge;
  }
}

/** Asks main; throws the AppError that main answered with. */
export async function request<Name extends RequestName>(
  name: Name,
  params: BridgeInput<Name>,
): Promise<RequestResult<Name>> {
  const result = await window.quire.request(name, params);
  if (!result.ok) throw AppError.fromInfo(result.error);
  return result.value;
}

/** Attaches to a stream of answer parts; the returned function detaches and does not stop it. */
export function attachStream(streamId: string, listener: (parts: readonly StreamPart[]) => void): () => void {
  return window.quire.stream(streamId, listener);
}

/** Listens to an event of main; the returned function ends it. */
export function onEvent<Name extends EventName>(name: Name, listener: (event: EventMap[Name]) => void): () => void {
  return window.quire.on(name, listener);
}

/** Address of a document's first page as an image; the page's own origin, so `app://quire/thumbnails/…`. */
export function thumbnailUrl(contentHash: string): string {
  return `/thumbnails/${contentHash}.webp`;
}

/** Address of a document's bytes, another for other bytes, so that none is kept too long; it answers Range requests. */
export function documentUrl(documentId: string, contentHash: string): string {
  return `/documents/${documentId}/file?v=${contentHash}`;
}
