import { describe, expect, it } from 'vitest';
import {
  documentsText,
  endingText,
  estimateText,
  kindName,
  originText,
  progressText,
  progressValue,
} from '../../../renderer/features/written/written-words.ts';

const quoted = { kind: 'extractive', model: null, host: null, retrieval: 'text', note: null } as const;

describe('what is said of a written piece', () => {
  it('tells which part is read, and how far that is', () => {
    expect(progressText({ stage: 'reading', done: 2, total: 12 })).toBe('Part 3 of 12');
    expect(progressText({ stage: 'reading', done: 12, total: 12 })).toBe('Part 12 of 12');
    expect(progressText({ stage: 'joining', done: 0, total: 3 })).toBe('Putting the parts together, 1 of 3');
    expect(progressText(null)).toBe('Beginning');
    expect(progressValue({ stage: 'reading', done: 3, total: 12 })).toBe(0.25);
    expect(progressValue({ stage: 'writing', done: 0, total: 1 })).toBeNull();
  });

  // Catches: headings that are sold as questions that somebody thought of.
  it('calls topics topics', () => {
    expect(kindName({ kind: 'questions', source: quoted })).toBe('Topics to ask about');
    const written = { ...quoted, kind: 'provider', model: 'm' } as const;
    expect(kindName({ kind: 'questions', source: written })).toBe('Questions to ask');
  });

  // Catches: a dialog that claims that nothing leaves while it does, or the other way round.
  it('tells before what would leave the computer, and after what did', () => {
    const estimate = { passages: 111, parts: 19, tokens: 61_234 };
    expect(estimateText({ ...estimate, writer: null })).toBe('111 passages read on this computer. Nothing leaves it.');
    const writer = { model: 'm', host: 'api.example.org', local: false };
    expect(estimateText({ ...estimate, writer })).toBe(
      '111 passages go to api.example.org: 19 parts, then put together, about 61,000 tokens.',
    );
    expect(
      estimateText({ passages: 1, parts: 1, tokens: 620, writer: { ...writer, host: 'localhost:1234', local: true } }),
    ).toBe('1 passage goes to localhost:1234, this computer: one request, about 620 tokens.');
    expect(originText(quoted)).toMatch(/nothing left this computer/);
    expect(originText({ ...quoted, kind: 'provider', model: 'm', host: 'api.example.org' })).toMatch(
      /went to api\.example\.org/,
    );
    expect(originText({ ...quoted, kind: 'provider', model: 'm', host: '127.0.0.1:80' })).toMatch(/on this computer/);
  });

  it('tells how it ended, and what is kept', () => {
    expect(endingText('complete', 0)).toBeNull();
    expect(endingText('stopped', 3)).toMatch(/3 finished parts kept/);
    expect(endingText('interrupted', 0)).toBe('Interrupted, because Quire was closed.');
  });

  it('names what it is about', () => {
    const document = { id: 'a', title: 'Report', gone: false };
    expect(documentsText([document])).toBe('Report');
    expect(documentsText([document, document, document])).toBe('Report and 2 more');
  });
});
