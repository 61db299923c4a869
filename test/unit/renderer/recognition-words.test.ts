import { describe, expect, it } from 'vitest';
import {
  hasNothingRecognised,
  knownLanguage,
  recognitionHint,
} from '../../../renderer/features/library/recognition-words.ts';
import { document } from './documents.ts';

const scan = { id: 'a', ocrPages: 3, ocrConfidence: 82, recognition: { done: 3, total: 3 } };
const noText = { code: 'document-no-text', message: 'Nothing.', hint: '', retryable: true } as const;

describe('a hint at the language of a scan', () => {
  it('offers the language that its text looks like, until it was recognised in that', () => {
    const german = document({ ...scan, language: 'de' });
    expect(recognitionHint(german, ['en-GB'])).toEqual({
      text: 'It looks German, and was not read as that.',
      offer: expect.objectContaining({ code: 'deu', name: 'German' }),
    });
    expect(recognitionHint({ ...german, recognitionLanguages: ['deu', 'eng'] }, [])).toBeNull();
    expect(recognitionHint(document({ ...scan, language: 'en' }), ['de'])).toBeNull();
    // No data for it, and nothing that speaks against what was read.
    expect(recognitionHint(document({ ...scan, language: 'ja' }), ['ja'])).toBeNull();
  });

  it('says nothing of text that is the document’s own, nor while its pages are being recognised', () => {
    expect(recognitionHint(document({ id: 'a', language: 'de' }), ['de'])).toBeNull();
    const busy = document({ ...scan, language: 'de', recognition: { done: 1, total: 3 } });
    expect(recognitionHint(busy, ['de'])).toBeNull();
  });

  it('does not believe the language of letters that were not known: a Greek page reads like Hungarian', () => {
    const greek = document({ ...scan, ocrConfidence: 40.3, language: 'hu' });
    const hint = recognitionHint(greek, ['en-US', 'el-GR', 'de']);
    expect(hint?.text).toBe(
      'Read as English, little of it makes words (40 % sure). It may be in another language or script.',
    );
    expect([knownLanguage(greek), knownLanguage(document({ ...scan, language: 'de' }))]).toEqual([null, 'de']);
    // What the person reads is the likeliest.
    expect(hint?.offer?.name).toBe('Greek');
    expect(recognitionHint(greek, ['en-US'])?.offer).toBeNull();
    // That one was tried.
    const tried = recognitionHint({ ...greek, recognitionLanguages: ['ell'] }, ['el', 'de']);
    expect([tried?.text.split(',')[0], tried?.offer?.name]).toEqual(['Read as Greek', 'German']);
  });

  it('is there where nothing was recognised at all, and so is another try; not where nothing is to be recognised', () => {
    const fields = {
      id: 'a',
      state: 'failed',
      searchable: false,
      textPages: 0,
      language: null,
      error: noText,
    } as const;
    const russian = document({ ...fields, recognition: { done: 1, total: 1 } });
    expect(recognitionHint(russian, ['ru-RU'])).toEqual({
      text: 'Read as English, its pages have no words. It may be in another language or script.',
      offer: expect.objectContaining({ code: 'rus' }),
    });
    expect(hasNothingRecognised(russian)).toBe(true);
    const damaged = document({ ...fields, error: { ...noText, code: 'pdf-damaged' } });
    expect([recognitionHint(damaged, ['ru']), hasNothingRecognised(damaged)]).toEqual([null, false]);
  });
});
