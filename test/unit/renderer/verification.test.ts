/** How the verdicts on an answer's sentences get to the words and chips that they are about. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import ReactMarkdown from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { describe, expect, it } from 'vitest';
import { rehypeCitations } from '../../../renderer/features/chat/rehype-citations.ts';
import { summaryText, verdictText } from '../../../shared/verdict-words.ts';
import type { FlaggedSpan, SentenceVerification } from '../../../shared/domain.ts';

function verification(text: string, sentence: string, more: Partial<SentenceVerification> = {}): SentenceVerification {
  const start = text.indexOf(sentence);
  return {
    start,
    end: start + sentence.length,
    verdict: 'unsupported',
    reason: 'words',
    citations: [1],
    flagged: [],
    wordsAlone: false,
    ...more,
  };
}

function flag(text: string, words: string): FlaggedSpan {
  const start = text.indexOf(words);
  return { kind: 'number', start, end: start + words.length, text: words };
}

/** As the answer shows it, without paragraphs: `<s>` for unsupported words, `<mark>` for flagged ones. */
function rendered(text: string, sentences: readonly SentenceVerification[], start = 0): string {
  const plugins = [rehypeSanitize, [rehypeCitations, { source: text.slice(start), start, verification: sentences }]];
  const element = createElement(
    ReactMarkdown,
    { remarkPlugins: [remarkGfm], rehypePlugins: plugins as never },
    text.slice(start),
  );
  return renderToStaticMarkup(element)
    .replaceAll('\u2060', '')
    .replace(/<span data-sentence="\d+">/g, '<s>')
    .replaceAll('</span>', '</s>')
    .replace(/<cite data-number="(\d+)"([^>]*)><\/cite>/g, (_all, number, rest: string) =>
      rest.includes('data-last="true"') ? `[${number}!]` : `[${number}]`,
    )
    .replace(/<(\/?)mark[^>]*>/g, '<$1mark>')
    .replace(/<\/?p>/g, '');
}

describe('words of a checked sentence', () => {
  it('are marked without the sentences beside them; the last chip bears the verdict', () => {
    const text = 'Sales fell [1]. Profit rose [1][2]. The rest.';
    expect(rendered(text, [verification(text, 'Profit rose [1][2].')])).toBe(
      'Sales fell[1]. <s>Profit rose</s>[1][2!]<s>.</s> The rest.',
    );
  });

  it('are plain where the passage supports them, and only the chip tells', () => {
    const text = 'Sales fell [1].';
    expect(rendered(text, [verification(text, text, { verdict: 'supported', reason: 'exact' })])).toBe(
      'Sales fell[1!].',
    );
  });

  // Catches: places that are counted in the rendered text, which has no asterisks, backslashes or entities.
  it('are found through bold words, escapes, entities and links', () => {
    const text = 'A **bold \\* start** &amp; [link](https://a.example) here. Then **5,000** &lt; \\[x\\] `9` more [1].';
    const sentence = 'Then **5,000** &lt; \\[x\\] `9` more [1].';
    const html = rendered(text, [verification(text, sentence, { flagged: [flag(text, '5,000')] })]);
    expect(html).toContain(
      'here. <s>Then </s><strong><mark>5,000</mark></strong><s> &lt; [x] </s><code>9</code><s> more</s>[1!]',
    );
  });

  it('in a later block are found by their place in the whole answer', () => {
    const text = 'One.\n\n- first 7 [1]\n- second 8 [1]\n';
    const sentences = [verification(text, 'second 8 [1]', { flagged: [flag(text, '8')] })];
    expect(rendered(text, sentences, 6)).toMatch(
      /<li>first 7\[1\]<\/li>\s*<li><s>second <\/s><mark>8<\/mark>\[1!\]<\/li>/,
    );
  });

  // Catches: a sentence that a later citation covers, whose verdict no chip tells and no key reaches.
  it('without a chip of their own tell their verdict at their last word', () => {
    const text = 'Profit rose **a lot**. Sales fell [1].';
    const covered = verification(text, 'Profit rose **a lot**.', { verdict: 'partly' });
    expect(rendered(text, [covered, verification(text, 'Sales fell [1].', { verdict: 'supported' })])).toBe(
      '<s>Profit rose </s><strong><s>a </s><span data-sentence="0" data-tells="true">lot</s></strong>' +
        '<s>.</s> Sales fell[1!].',
    );
  });

  it('of an uncited sentence stay plain, except the number that stands nowhere', () => {
    const text = 'So it is 77 in all.';
    expect(rendered(text, [verification(text, text, { citations: [], flagged: [flag(text, '77')] })])).toBe(
      'So it is <mark>77</mark> in all.',
    );
  });
});

describe('what is said of a sentence', () => {
  const text = 'Sales were 5 [1].';
  it('names the verdict, the reason and the words it is about', () => {
    const flagged = [flag(text, '5')];
    expect(verdictText(verification(text, text, { reason: 'number', flagged }))).toBe(
      'Not supported: “5” stands in no cited passage.',
    );
    expect(verdictText(verification(text, text, { reason: 'contradicted', citations: [1, 2] }))).toBe(
      'Not supported: the passages say the opposite.',
    );
    expect(verdictText(verification(text, text, { verdict: 'supported', reason: 'row' }))).toBe(
      'Supported: it is a row of a table in the passage, told with the names of its columns.',
    );
    expect(verdictText(verification(text, text, { verdict: 'partly', wordsAlone: true }))).toBe(
      'Partly supported: the passage says a part of this. Compared by words alone.',
    );
  });

  it('is summed up under the answer, with uncited numbers and without answers of before', () => {
    const supported = verification(text, text, { verdict: 'supported', reason: 'exact' });
    expect(summaryText([])).toBeNull();
    expect(summaryText([supported, supported])).toBe('All 2 sentences proven');
    // Quotes are no answer by themselves, and a proof of which the document went can be looked at no more.
    expect(summaryText([supported, supported], { isQuoted: true })).toBe('2 quotes, each checked');
    expect(summaryText([supported], { isQuoted: true })).toBe('Quoted word for word, checked');
    expect(summaryText([supported, supported], { gone: 'all' })).toBe(
      'All 2 sentences proven when it was written; its document is deleted',
    );
    const flagged = [flag(text, '5')];
    expect(summaryText([supported, verification(text, text, { reason: 'number', flagged })])).toBe(
      '1 of 2 sentences proven · 1 not supported · 1 number stands in no cited passage',
    );
    expect(summaryText([supported, verification(text, text, { citations: [], reason: 'number', flagged })])).toBe(
      'The sentence is proven · 1 number stands in no cited passage',
    );
    const unjudged = verification(text, text, { verdict: 'unjudged', reason: 'language' });
    expect(summaryText([supported, unjudged])).toBe('1 of 2 sentences proven · 1 checked for numbers and names only');
  });
});
