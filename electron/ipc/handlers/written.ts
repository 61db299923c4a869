/** Handlers of written pieces. */
import type { Core } from '../../core/core.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';
import { saveExport } from './export-file.ts';

type WrittenHandlers = Pick<Handlers, Extract<keyof Handlers, `written.${string}`>>;

export function writtenHandlers({ writing }: Pick<Core, 'writing'>, desktop: Desktop): WrittenHandlers {
  return {
    'written.start': async ({ withModel, ...request }) => ({ pieceId: await writing.start(request, withModel) }),
    'written.estimate': (request) => writing.estimate(request),
    'written.goOn': async ({ pieceId }) => {
      await writing.goOn(pieceId);
      return null;
    },
    'written.again': async ({ pieceId }) => ({ pieceId: await writing.again(pieceId) }),
    'written.stop': async ({ pieceId }) => {
      await writing.stop(pieceId);
      return null;
    },
    'written.get': ({ pieceId }) => writing.get(pieceId),
    'written.list': (query) => writing.list(query),
    'written.rename': async ({ pieceId, title }) => {
      await writing.rename(pieceId, title);
      return null;
    },
    'written.export': async ({ pieceId, format }) => {
      const piece = await writing.get(pieceId);
      return saveExport(desktop, piece.title, { format, piece });
    },
    'written.delete': async ({ pieceId }) => {
      await writing.delete(pieceId);
      return null;
    },
    'written.restore': async ({ pieceId }) => {
      await writing.restore(pieceId);
      return null;
    },
  };
}
