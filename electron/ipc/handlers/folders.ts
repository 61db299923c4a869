/** Handlers of the requests about watched folders. */
import type { Core } from '../../core/core.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';

type FolderHandlers = Pick<Handlers, Extract<keyof Handlers, `folders.${string}`>>;

export function folderHandlers({ watched }: Core, desktop: Desktop): FolderHandlers {
  const done = async (action: Promise<void>) => {
    await action;
    return null;
  };
  return {
    'folders.list': () => watched.list(),
    'folders.choose': async () => {
      const paths = await desktop.chooseFiles(true);
      for (const path of paths) await watched.add(path);
      return paths.length > 0;
    },
    'folders.pause': ({ folderId }) => done(watched.pause(folderId)),
    'folders.resume': ({ folderId }) => done(watched.resume(folderId)),
    'folders.check': ({ folderId }) => done(watched.check(folderId)),
    'folders.describeRemoval': ({ folderId }) => watched.describeRemoval(folderId),
    'folders.remove': ({ folderId, withDocuments }) => done(watched.remove(folderId, withDocuments)),
  };
}
