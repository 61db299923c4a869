/**
 * Everything that the window may ask for. It waits for accounts and the backend itself, so that the page loads meanwhile;
 * what the page asks first is answered without the schemas of all requests, which take a while to load.
 */
import { LOCAL_ACCOUNT } from '../../shared/accounts.ts';
import { toAppError, type AppError } from '../../shared/errors.ts';
import type { DocumentSummary } from '../../shared/domain.ts';
import type { RequestName } from '../../shared/requests/index.ts';
import { accountFolder } from '../accounts/account-folder.ts';
import type { AccountsService } from '../accounts/accounts-service.ts';
import type { Backend } from '../backend.ts';
import type { RawRequest } from '../ipc/dispatch.ts';
import { registerRouter } from '../ipc/router.ts';
import { registerStreams } from '../ipc/streams.ts';
import { BlobStore, extensionOf } from '../pipeline/blobs.ts';
import type { FirstPictures } from './first-pictures.ts';
import { log } from './log.ts';
import { bundled, dataFolder } from './paths.ts';
import { serveApp } from './protocol.ts';
import { isTrustedSender } from './security.ts';

export interface ServeWindowOptions {
  /** For the window's first frame; null when the library has to be opened for it. */
  readonly firstList: Promise<readonly DocumentSummary[] | null>;
  readonly firstPictures: FirstPictures;
  readonly accounts: Promise<AccountsService>;
  readonly backend: Promise<Backend>;
  /** Called with each request, before it is answered. */
  readonly onRequest: () => void;
  readonly onError: (where: string, error: AppError) => void;
}

/** The function that it returns ends all streams, and what is read of the library. */
export function serveWindow(options: ServeWindowOptions): () => void {
  const { firstPictures, accounts, backend, onError } = options;
  const endReads = serveApp({
    rendererFolder: bundled('renderer'),
    thumbnail: async (contentHash) => {
      firstPictures.served();
      const accountId = (await accounts).openAccountId;
      if (accountId === null) return null;
      // The local profile has no password and so no keys: its pictures need not wait for its library.
      const isLocal = accountId === LOCAL_ACCOUNT;
      const core = isLocal ? null : await (await backend).ready();
      const blobs = isLocal ? new BlobStore(accountFolder(dataFolder(), accountId), null) : core?.blobs;
      return blobs ? { stored: await blobs.storedThumbnail(contentHash), extension: '.webp' } : null;
    },
    document: async (id) => {
      const core = (await accounts).openAccountId === null ? null : await (await backend).ready();
      const document = (await core?.database.documents.get(id)) ?? null;
      if (!core || !document) return null;
      const { contentHash, format } = document;
      await core.originals.have(document);
      return { stored: await core.blobs.stored(contentHash, format), extension: `.${extensionOf(format)}` };
    },
    onError: (thrown) => onError('file for the window', toAppError(thrown)),
  });
  registerRouter({ dispatch: answering(options), isTrusted: isTrustedSender, onError });
  const endStreams = registerStreams({
    attach: async (ticket, listener) => {
      const streamId = (await accounts).redeemTicket(ticket);
      const core = streamId === null ? null : await (await backend).ready();
      return streamId && core
        ? (core.writing.attach(streamId, listener) ?? core.chat.attach(streamId, listener))
        : null;
    },
    isTrusted: isTrustedSender,
    onError,
  });
  return () => {
    endStreams();
    endReads();
  };
}

type Answer = (request: RawRequest) => Promise<unknown>;

function answering({ firstList, accounts, backend, onRequest }: ServeWindowOptions): Answer {
  let hasBackend = false;
  // A library that can't be opened is told where the backend is opened.
  backend.then(() => (hasBackend = true)).catch(() => undefined);
  let rest: Promise<Answer> | null = null;
  return async (request) => {
    onRequest();
    // SECURITY: neither of the two uses anything of the request but its token, so no schema has to let it through.
    if (request.name === ('session.current' satisfies RequestName)) return (await accounts).current();
    if (request.name === ('library.listDocuments' satisfies RequestName) && !hasBackend) {
      const { accountId } = await (await accounts).verify(request.token);
      const list = accountId === LOCAL_ACCOUNT ? await firstList : null;
      // Once the library is open, the first list may be out of date.
      if (list && !hasBackend) return list;
    }
    rest ??= import('../ipc/answer.ts').then(({ answerWith }) => answerWith({ accounts, backend, log: log() }));
    return (await rest)(request);
  };
}
