import { describe, expect, it } from 'vitest';
import { isIgnoredPath, isWatchedFile, isWatchedFolder } from '../../../electron/pipeline/watch-rules.ts';
import { isBelow } from '../../../electron/pipeline/watch-scan.ts';

describe('which files of a watched folder count', () => {
  it.each(['report.pdf', 'REPORT.PDF', 'notes.md', 'a.b.txt'])('%s counts', (name) => {
    expect(isWatchedFile(name)).toBe(true);
  });

  // Catches: the lock of an open file, or half a download, that becomes a document.
  it.each([
    '.report.pdf',
    '~$report.pdf',
    'notes.txt~',
    '.~lock.notes.md#',
    'report.pdf.crdownload',
    'report.pdf.part',
    'picture.png',
    'pdf',
  ])('%s does not', (name) => {
    expect(isWatchedFile(name)).toBe(false);
  });

  it.each(['.git', '$RECYCLE.BIN', 'System Volume Information', 'lost+found'])(
    'the folder %s is not looked into',
    (name) => {
      expect(isWatchedFolder(name)).toBe(false);
    },
  );

  it('of what is not known yet only the hidden is left out, and Quire’s own folder always', () => {
    expect(isIgnoredPath('/papers/2024', null, '/data')).toBe(false);
    expect(isIgnoredPath('/papers/.cache', null, '/data')).toBe(true);
    expect(isIgnoredPath('/data', false, '/data')).toBe(true);
  });

  it('a folder whose name begins like another is not in it', () => {
    expect(isBelow('/papers/2024/a.pdf', ['/papers'])).toBe(true);
    expect(isBelow('/papers', ['/papers'])).toBe(true);
    expect(isBelow('/papers 2/a.pdf', ['/papers'])).toBe(false);
    expect(isBelow('/a.pdf', ['/'])).toBe(true);
  });
});
