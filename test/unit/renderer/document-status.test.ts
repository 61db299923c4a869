import { describe, expect, it } from 'vitest';
import { summariseOutcomes } from '../../../renderer/app/stores/add-outcomes.ts';
import { activityPart, activityText, answersText, sentText } from '../../../renderer/app/status-words.ts';
import { formatBytes, formatDay, formatSecondsLeft } from '../../../renderer/components/format.ts';
import {
  deletedText,
  goesText,
  keptLibrariesText,
  staysText,
} from '../../../renderer/features/library/deletion-text.ts';
import { languagesText } from '../../../renderer/features/library/details-text.ts';
import { documentStatus } from '../../../renderer/features/library/document-status.ts';
import type { AddOutcome } from '../../../shared/requests/library.ts';
import { document } from './documents.ts';

describe('the state of a document in words', () => {
  it('says which page is being read', () => {
    const status = documentStatus(
      document({ id: 'a', state: 'extracting', searchable: false, progress: { done: 88, total: 180 } }),
    );
    expect([status.text, status.part]).toEqual(['Page 88 of 180', 88 / 180]);
  });

  it('never shows a scanned document as ready without saying that pages have no text', () => {
    expect(documentStatus(document({ id: 'a', pageCount: 80, textPages: 68 })).warning).toBe(
      '12 of 80 pages have no text',
    );
    expect(documentStatus(document({ id: 'a', pageCount: 80, textPages: 0 })).warning).toBe('No page has text');
    expect(documentStatus(document({ id: 'a' })).warning).toBeNull();
  });

  it('names the languages that a scan was read as', () => {
    expect(languagesText(document({ id: 'a', recognitionLanguages: ['deu', 'eng'] }))).toBe(
      'Read as German and English',
    );
    expect(languagesText(document({ id: 'a' }))).toBeNull();
  });

  it('does not count pages as empty that were not read yet', () => {
    const reading = document({ id: 'a', state: 'extracting', searchable: false, pageCount: 80, textPages: 3 });
    expect(documentStatus(reading).warning).toBeNull();
  });

  it('says that text can be searched while vectors are still being made', () => {
    const indexing = document({ id: 'a', state: 'embedding', progress: { done: 1, total: 3 } });
    expect(documentStatus(indexing).text).toBe('Searchable · index 33 %');
  });

  it('tells which page is being recognised, and never calls a scan ready meanwhile', () => {
    const recognition = { done: 2, total: 20 };
    const scan = document({ id: 'a', state: 'extracting', searchable: false, textPages: 2, recognition });
    expect(documentStatus(scan)).toMatchObject({ tone: 'busy', text: 'Recognising page 3 of 20', part: 0.1 });
    const mixed = document({ id: 'a', recognition });
    expect(documentStatus(mixed)).toMatchObject({ tone: 'busy', text: 'Searchable · recognising page 3 of 20' });
  });

  it('says how many pages were recognised, how sure that was, and warns of doubtful ones', () => {
    const recognition = { done: 12, total: 12 };
    const sure = document({ id: 'a', recognition, ocrPages: 12, ocrConfidence: 93.7 });
    expect(documentStatus(sure)).toMatchObject({
      tone: 'ready',
      text: '12 pages recognised (93 % sure)',
      warning: null,
    });
    const doubtful = { ...sure, ocrConfidence: 71, doubtfulPages: 3 };
    expect(documentStatus(doubtful).warning).toBe('12 pages recognised (71 % sure), 3 doubtful');
  });

  it('does not go on about recognition that the person stopped', () => {
    const stopped = { code: 'cancelled', message: 'Stopped.', hint: '', retryable: true } as const;
    const ready = document({ id: 'a', textPages: 8, recognition: { done: 0, total: 2 }, recognitionError: stopped });
    expect(documentStatus(ready)).toMatchObject({ tone: 'ready', warning: '2 of 10 pages have no text' });
  });

  it('gives the reason of a failure', () => {
    const error = { code: 'pdf-encrypted', message: 'a.pdf is locked.', hint: '', retryable: false } as const;
    expect(documentStatus(document({ id: 'a', state: 'failed', error })).text).toBe('a.pdf is locked.');
  });
});

describe('what goes and stays when documents are deleted', () => {
  const none = { documents: 1, pages: 0, chunks: 0, vectors: 0, files: 0, citations: 0, pieces: 0, prompts: 0 };
  const full = { ...none, pages: 180, chunks: 1_642, vectors: 1, files: 2, citations: 3 };

  it('counts everything, in the right number', () => {
    expect(goesText(full)).toBe('180 pages, 1,642 passages, 1 vector and 2 stored files.');
    expect(goesText({ ...none, pages: 1, pieces: 1 })).toBe('1 page and 1 written piece.');
    expect(goesText({ ...none, pages: 1, prompts: 2 })).toBe('1 page and 2 kept prompts.');
    expect(goesText(none)).toBe('The entry in your library; nothing else is stored yet.');
  });

  // Catches: citations that “lose their page”, as if what they quote went too.
  it('says that quotes stay in conversations', () => {
    expect(staysText(full)).toBe(
      'The file that you added, where it is on your disk. 3 citations in conversations and written pieces, with their quote and page number; the page can’t be opened from them any more.',
    );
    expect(staysText({ documents: 2, citations: 0 })).toBe(
      'The files that you added, where they are on your disk. No conversation cites them.',
    );
  });

  it('tells afterwards what went, how much room that gave, and that it was looked for', () => {
    expect(deletedText({ ...full, freedBytes: 12_300_000 })).toBe(
      'Deleted: 180 pages, 1,642 passages, 1 vector and 2 stored files, 12 MB. Checked: nothing of it is left.',
    );
  });

  // Catches: "nothing is left", while a library that a restore put aside has all of it.
  it('tells of libraries that a restore put aside', () => {
    expect(keptLibrariesText(0)).toBeNull();
    expect(deletedText({ ...full, freedBytes: 0 }, 1)).toMatch(
      /nothing of it is left in this library\. An earlier library that a restore kept may still hold what is deleted here/,
    );
  });
});

describe('what became of added files', () => {
  const outcome = (fields: Partial<AddOutcome>): AddOutcome => ({
    path: '/x/a.pdf',
    status: 'added',
    documentId: 'a',
    error: null,
    ...fields,
  });

  it('names a duplicate and points at the document that has the same bytes', () => {
    const summary = summariseOutcomes([outcome({ status: 'duplicate', path: 'C:\\Files\\b.pdf', documentId: 'b' })]);
    expect([summary.text, summary.duplicateIds]).toEqual(['b.pdf is already in your library.', ['b']]);
  });

  it('tells added and known ones apart in one sentence each', () => {
    const known = outcome({ status: 'duplicate', documentId: 'b' });
    expect(summariseOutcomes([outcome({}), outcome({ documentId: 'c' }), known, known]).text).toBe(
      'Added 2 documents. 2 files are already in your library.',
    );
  });

  it('shows one error for each reason, not one for each file of a dropped folder', () => {
    const error = {
      code: 'file-type-unsupported',
      message: 'x.exe cannot be read.',
      hint: '',
      retryable: false,
    } as const;
    const rejected = outcome({ status: 'rejected', documentId: null, error });
    const summary = summariseOutcomes([rejected, rejected, rejected]);
    expect(summary.rejected.map(({ message }) => message)).toEqual(['x.exe cannot be read. (And 2 more files.)']);
    expect(summary.text).toBe('');
  });
});

describe('the status bar', () => {
  const activity = {
    documentsDone: 3,
    documentsTotal: 12,
    title: '3M 10-K',
    stage: 'extracting',
    done: 88,
    total: 180,
    secondsLeft: 72,
  } as const;

  it('says what is going on, where in it, and for how long', () => {
    expect(activityText(activity)).toBe('Reading 4 of 12 · 3M 10-K · page 88 of 180 · 1.2 min left');
    expect(
      activityText({ ...activity, documentsTotal: 1, documentsDone: 0, stage: 'embedding', secondsLeft: null }),
    ).toBe('Indexing · 3M 10-K · 48 %');
  });

  it('counts the present document by its part and never passes the end', () => {
    expect(activityPart(activity)).toBeCloseTo((3 + 88 / 180) / 12);
    expect(activityPart({ ...activity, documentsDone: 12 })).toBe(1);
  });

  it('says who answers and what left this computer', () => {
    expect(answersText({ kind: 'extractive', model: null, host: null })).toBe('Answers: quoted, on this computer');
    expect(answersText({ kind: 'provider', model: 'm', host: 'h' })).toBe('Answers: m · h');
    expect([sentText(0, false), sentText(12_400, false)]).toEqual(['Nothing sent', '12 KB sent']);
    // Catches: “Nothing sent” beside a library that goes to the person's servers.
    expect([sentText(0, true), sentText(12_400, true)]).toEqual(['Nothing sent to models', '12 KB sent to models']);
  });
});

describe('numbers and times', () => {
  it('rounds bytes without ever showing 1,000 of a unit', () => {
    expect([999, 1_000, 3_400_000, 999_600].map(formatBytes)).toEqual(['999 B', '1.0 KB', '3.4 MB', '1.0 MB']);
  });

  it('rounds what is left to what can be known', () => {
    expect([0.2, 40, 72, 900, 7_200].map(formatSecondsLeft)).toEqual([
      '1 s left',
      '40 s left',
      '1.2 min left',
      '15 min left',
      '2.0 h left',
    ]);
  });

  it('calls days what people call them', () => {
    const now = new Date(2026, 4, 14, 9, 0).getTime();
    expect(formatDay(new Date(2026, 4, 14, 0, 1).getTime(), now)).toBe('Today');
    expect(formatDay(new Date(2026, 4, 13, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(formatDay(new Date(2026, 0, 3).getTime(), now)).toBe('3 Jan');
    expect(formatDay(new Date(2023, 0, 3).getTime(), now)).toBe('3 Jan 2023');
  });
});
