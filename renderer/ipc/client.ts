/**
 * The only user of `window.quire`: results become values or a thrown AppError, nothing else knows the bridge, or the
 * access token that goes with every request.
 */
import type { SessionState } from '../../shared/accounts.ts';
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

let accessToken: string | null = null;
/** Several requests may find at once that the token is too old: one asks for another. */
let renewing: Promise<boolean> | null = null;

/** Asks main; throws the AppError that main answered with. A token that became too old is renewed on the way. */
export async function request<Name extends RequestName>(
  name: Name,
  params: BridgeInput<Name>,
): Promise<RequestResult<Name>> {
  const sent = accessToken;
  let result = await window.quire.request(name, params, sent);
  if (!result.ok && result.error.code === 'unauthenticated') {
    // Another request may have renewed it meanwhile.
    const isRenewed = accessToken !== sent ? accessToken !== null : await (renewing ??= renew());
    if (isRenewed) result = await window.quire.request(name, params, accessToken);
  }
  if (!result.ok) throw AppError.fromInfo(result.error);
  if (isSession(result.value)) accessToken = result.value.state === 'open' ? result.value.accessToken : null;
  return result.value;
}

/** False when the session has ended, or is locked: main tells that as an event, too. */
async function renew(): Promise<boolean> {
  try {
    const result = await window.quire.request('session.refresh', {}, null);
    accessToken = result.ok && result.value.state === 'open' ? result.value.accessToken : null;
    return accessToken !== null;
  } finally {
    renewing = null;
  }
}

function isSession(value: unknown): value is SessionState {
  return typeof value === 'object' && value !== null && 'state' in value && sessionStates.has(value.state);
}

const sessionStates = new Set<unknown>(['open', 'locked', 'signed-out'] satisfies SessionState['state'][]);

/** Attaches to a stream of answer parts; the returned function detaches and does not stop it. */
export function attachStream(
  streamId: string,
  listener: (parts: readonly StreamPart[]) => void,
  onError: (error: unknown) => void,
): () => void {
  let isWanted = true;
  let detach = (): void => undefined;
  request('session.openStream', { streamId }).then(({ ticket }) => {
    if (isWanted) detach = window.quire.stream(ticket, listener);
  }, onError);
  return () => {
    isWanted = false;
    detach();
  };
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
