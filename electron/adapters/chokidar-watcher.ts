/** Watches a folder through chokidar: inotify, FSEvents or ReadDirectoryChangesW, with the differences evened out. */
import type { FolderWatch, FolderWatchOptions } from '../pipeline/ports/folder-watcher.ts';

/** Milliseconds between two looks at a file that may still grow. */
const GROWTH_INTERVAL = 250;

/**
 * What the system answers when it watches no more files: inotify's limits (ENOSPC for watches, EMFILE for instances).
 * https://github.com/paulmillr/chokidar#troubleshooting
 */
const limits: readonly unknown[] = ['ENOSPC', 'EMFILE'];

export function watchFolder(options: FolderWatchOptions): FolderWatch {
  const { folder, isIgnored, stability, onFile, onGone, onFolderGone, onError } = options;
  let isClosed = false;
  // Loaded when a folder is watched: most starts need none of it.
  const opening = import('chokidar').then(({ watch }) =>
    isClosed
      ? null
      : watch(folder, {
          ignoreInitial: true,
          // A link may lead anywhere, also back to where it is.
          followSymlinks: false,
          ignorePermissionErrors: true,
          ignored: (path, stats) => path !== folder && isIgnored(path, stats ? stats.isFile() : null),
          awaitWriteFinish: { stabilityThreshold: stability, pollInterval: GROWTH_INTERVAL },
        }),
  );
  const ready = opening.then(
    (watcher) =>
      new Promise<void>((resolve) => {
        if (!watcher) return resolve();
        watcher
          .on('add', onFile)
          .on('change', onFile)
          .on('unlink', onGone)
          .on('unlinkDir', (path) => path === folder && onFolderGone())
          .on('ready', resolve)
          .on('error', (error) => {
            // Thousands of files fail one by one: the first tells it all.
            if (isClosed) return;
            onError(limits.includes((error as NodeJS.ErrnoException).code) ? 'limit' : 'other', error);
            resolve();
          });
      }),
    (error: unknown) => onError('other', error),
  );
  return {
    ready,
    async close() {
      isClosed = true;
      await (await opening)?.close();
    },
  };
}
