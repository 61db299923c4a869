/** Watched folders in words. Pure. */
import { assertNever } from '../../../shared/errors.ts';
import type { WatchedFolder } from '../../../shared/folders.ts';
import { countOf } from '../../components/format.ts';

function doingText({ state, pending }: WatchedFolder): string {
  switch (state) {
    case 'waiting':
      return 'To be looked through';
    case 'checking':
      return 'Looking for changes';
    case 'adding':
      return `${countOf(pending, 'file')} to look at`;
    case 'watching':
      return 'Watching';
    case 'polling':
      return 'Looked through every half minute';
    case 'paused':
      return 'Paused';
    case 'missing':
      return 'Not there now';
    default:
      return assertNever(state);
  }
}

/** `Watching · 42 documents · 1 file is gone · 2 files can’t be read`. */
export function folderText(folder: WatchedFolder): string {
  const { documents, gone, failed } = folder;
  return [
    doingText(folder),
    countOf(documents, 'document'),
    gone > 0 && `${countOf(gone, 'file')} ${gone === 1 ? 'is' : 'are'} gone`,
    failed > 0 && `${countOf(failed, 'file')} can’t be read`,
  ]
    .filter(Boolean)
    .join(' · ');
}
