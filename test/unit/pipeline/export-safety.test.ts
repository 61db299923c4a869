/** What a file of a conversation or of a piece does in another program: nothing, and it hides nothing. */
import type { Node, Parent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import type { Message, SentenceVerification } from '../../../shared/domain.ts';
import type { WrittenPiece } from '../../../shared/written.ts';
import {
  conversationHtml,
  conversationJson,
  conversationMarkdown,
  type ExportedConversation,
} from '../../../electron/pipeline/export-conversation.ts';
import { pieceHtml, pieceJson, pieceMarkdown } from '../../../electron/pipeline/writing/export-piece.ts';
import { emptyAnswer } from '../../helpers/message.ts';

const hostile: readonly string[] = [
  '![x](http://evil.example/t.png)',
  '![x][1]\n\n[1]: http://evil.example/t.png',
  'As told [1].\n\n[1]: http://evil.example "t"',
  '[1]: http://evil.example',
  '\\[1]: http://evil.example\n\nAs told [1].',
  '[1](http://evil.example) and [our site](javascript:alert(1))',
  'x [1]\\(http://evil.example)',
  '[1](',
  '\\[1\\](http://evil.example)',
  'See http://evil.example/a_b, www.evil.example and me@evil.example.',
  '<http://evil.example/> <me@evil.example>',
  '<img src=http://evil.example/t.png onerror=alert(1)>',
  'a <img src="http://evil.example/t.png"> b',
  '<script>alert(1)</script>',
  '<!-- a comment -->\n\n<div\n\nonclick="x">',
  '<?php x ?> <![CDATA[x]]> <!X y>',
  '&lt;img src=x&gt; &#33;&#91;x](http://evil.example)',
  '\\\\![x](http://evil.example)',
  '``` dataviewjs\nfetch("http://evil.example")\n```',
  '```\nnever closed ![x](http://evil.example)',
  '| a | b |\n| --- | --- |\n| ![x](http://evil.example) | <img src=x> [a](http://evil.example) |',
  '[^1]\n\n[^1]: ![x](http://evil.example)',
  '- ![x](http://evil.example)\n  1. > <b>x</b>\n\n# [h](http://evil.example) <i>',
  '**[![x](http://evil.example)](http://evil.example)**',
  '![[embedded.md]] [[1]](http://evil.example) ![1](http://evil.example)',
  `${'a'.repeat(80)}@${'b'.repeat(80)}.example`,
  'me@[evil.example](http://evil.example) (www.evil.example/a|b), “https://evil.example/`x`”.',
  '---\ncssclass: x\n---\n\n***\n=== \n\tcode <b>',
];

function conversationOf(text: string): ExportedConversation {
  const question: Message = { ...emptyAnswer, id: 'q', role: 'user', state: 'complete', text };
  return {
    summary: {
      ...{ id: 'c', title: text, documentIds: [], collectionId: null, pinned: false, archived: false },
      ...{ messageCount: 2, createdAt: 0, updatedAt: 0 },
    },
    messages: [question, { ...answerOf(text), id: 'a' }],
  };
}

function answerOf(text: string): Message {
  const end = Math.ceil(text.length / 2);
  return {
    ...emptyAnswer,
    ...{ text, state: 'failed', error: { code: 'internal', message: text, hint: text, retryable: false } },
    source: { kind: 'provider', model: text, host: text, retrieval: 'hybrid', note: null },
    citations: [{ number: 1, documentId: 'd', chunkId: 1, title: text, page: 7, boxes: [], quote: text }],
    verification: [sentence({ start: 0, end, flagged: [{ kind: 'name', start: 0, end: 1, text }] })],
  };
}

function pieceOf(message: Message, kind: WrittenPiece['kind'], prompt: string | null = null): WrittenPiece {
  const { text, source, citations, verification, error } = message;
  return {
    ...{ id: 'p', title: 'Piece', kind, prompt, selection: null, documents: [], progress: null, createdAt: 0 },
    ...{ duration: 1, usage: null, requests: [], sentPrompt: null, promptRemoved: false, keptParts: 0 },
    ...{ text, source, citations, verification, error },
    state: message.state === 'streaming' ? 'writing' : message.state,
  };
}

function sentence(parts: Partial<SentenceVerification>): SentenceVerification {
  return {
    ...{ start: 0, end: 0, verdict: 'unsupported', reason: 'name', citations: [1], flagged: [], wordsAlone: false },
    ...parts,
  };
}

/** Types of all nodes that another program finds. */
function kindsIn(markdown: string): string[] {
  const kinds = (node: Node): string[] => [
    node.type,
    ...('children' in node ? (node as Parent).children.flatMap(kinds) : []),
    ...('lang' in node && node.lang ? ['code that runs'] : []),
  ];
  return kinds(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
}

const plainTag =
  /^<\/?(?:h[1-6]|p|em|strong|br|hr|ul|ol|li|table|thead|tbody|tr|th|td|code|pre|blockquote|div)(?: class="[a-z]+"| align="[a-z]+"| start="\d+"| style="margin-left: \d+pt")*>$/;

const active = /^(?:image|link|html|definition|footnote)|Reference$|code that runs/;

describe('text of strangers in a file', () => {
  // Catches: a quote, title or answer with an image that any other viewer of Markdown loads, or with HTML or a link.
  it.each(hostile)('is nothing but text in Markdown: %j', (text) => {
    for (const markdown of [
      conversationMarkdown(conversationOf(text)),
      pieceMarkdown({ ...pieceOf(answerOf(text), 'summary', text), title: text }),
      pieceMarkdown({ ...pieceOf(answerOf(text), 'outline', text), title: text }),
    ]) {
      expect(kindsIn(markdown).filter((kind) => active.test(kind))).toEqual([]);
    }
  });

  it.each(hostile)('is nothing but text in what becomes the PDF: %j', (text) => {
    for (const html of [
      conversationHtml(conversationOf(text)),
      pieceHtml({ ...pieceOf(answerOf(text), 'summary', text), title: text }),
      pieceHtml({ ...pieceOf(answerOf(`- ${text}\n  - ${text}`), 'outline', text), title: text }),
    ]) {
      const body = html.slice(html.indexOf('<body>') + 6, html.indexOf('</body>'));
      expect([...body.matchAll(/<[^>]*>?/g)].map(([tag]) => tag).filter((tag) => !plainTag.test(tag))).toEqual([]);
    }
  });

  it('keeps the words and the address of what it disarms', () => {
    const text =
      'See [our site](http://evil.example/x), ![a plan](http://evil.example/t.png) and <b>www.good.example</b>.';
    const markdown = conversationMarkdown(conversationOf(text));
    expect(markdown).toContain('See our site (`http://evil.example/x`), image: a plan (`http://evil.example/t.png`)');
    expect(markdown).toContain('\\<b>`www.good.example`\\</b>');
  });

  // Catches: an answer of one long word (a hash, a table of dots) that keeps the export's thread for minutes.
  it('takes no more than linear time for a long word', () => {
    // 7 s for a tenth of it before the mailbox was bounded, a hundred times that for all: longer than a test may take.
    expect(conversationMarkdown(conversationOf('a'.repeat(600_000)))).toContain('aaa');
  });

  it('keeps citation marks as they were typed', () => {
    const text = 'One [1]. Two [1, 2][3].\n\n- Three [1]: four (a) [2](b)';
    const markdown = conversationMarkdown(conversationOf(text));
    expect(markdown).toContain('One [1]. Two [1, 2][3].');
  });
});

describe('what is proven, in a file', () => {
  const text =
    'Sales were **$35 billion** [1]. They rose [1].\n\n| Item | Value |\n| --- | --- |\n| North | 12 [1] |\n';
  const at = (words: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length });
  const answer: Message = {
    ...emptyAnswer,
    ...{ id: 'a', text, state: 'interrupted' },
    source: { kind: 'provider', model: 'm', host: null, retrieval: 'hybrid', note: null },
    citations: [
      { number: 1, documentId: 'd', chunkId: 1, title: 'Report', page: 7, boxes: [], quote: 'Net', doubtful: true },
    ],
    verification: [
      sentence({
        ...at('Sales were **$35 billion** [1].'),
        reason: 'number',
        flagged: [{ kind: 'number', ...at('$35 billion'), text: '$35 billion' }],
      }),
      sentence({ ...at('They rose [1].'), verdict: 'supported', reason: 'exact' }),
      sentence({ ...at('North | 12 [1]'), verdict: 'partly', reason: 'words' }),
    ],
  };
  const conversation = { ...conversationOf('A question'), messages: [answer] };

  // Catches: a document that was only read again, whose passages have new numbers, called deleted.
  it('says that a document is deleted when it is, and not when its passages were made anew', () => {
    const verification = [sentence({ ...at('They rose [1].'), verdict: 'supported', reason: 'exact' })];
    const citations = answer.citations.map((citation) => ({ ...citation, chunkId: null }));
    const messages = [{ ...answer, verification, citations }];
    expect(conversationMarkdown({ ...conversation, messages })).not.toContain('deleted');
    expect(conversationMarkdown({ ...conversation, messages, goneDocumentIds: ['d'] })).toContain(
      'its document is deleted',
    );
  });

  const summary = '1 of 3 sentences proven · 1 in part · 1 not supported · 1 number stands in no cited passage';

  // Catches: a file in which a sentence that its passage denies stands as if it were proven.
  it.each([
    ['a conversation', conversationMarkdown(conversation)],
    ['a piece', pieceMarkdown(pieceOf(answer, 'summary'))],
  ])('Markdown of %s marks the sentences that are not proven, and says how it ended', (_, markdown) => {
    expect(markdown).toContain(
      'Sales were **$35 billion** [1]. _(Not supported: “$35 billion” stands in no cited passage.)_ They rose [1].\n',
    );
    expect(markdown).toContain('| North | 12 [1] _(Partly supported: the passage says a part of this.)_ |');
    expect(markdown).toContain(`_Checked: ${summary}._`);
    expect(markdown).toContain('**Interrupted: the text broke off here.**');
    expect(markdown).toContain('[1] **Report**, p. 7 (recognised with doubt): “Net”');
  });

  it.each([
    ['a conversation', conversationHtml(conversation)],
    ['a piece', pieceHtml(pieceOf(answer, 'summary'))],
  ])('the PDF of %s does, too, with its tables as tables', (_, html) => {
    expect(html).toContain(
      '<em class="note">(Not supported: “$35 billion” stands in no cited passage.)</em> They rose',
    );
    expect(html).toContain(
      '<td>12 [1] <em class="note">(Partly supported: the passage says a part of this.)</em></td>',
    );
    expect(html).toContain(summary);
    expect(html).toContain('Interrupted: the text broke off here.');
    expect(html).toContain('(recognised with doubt)');
  });

  it('JSON has what was found of each sentence, and which sources are doubtful', () => {
    const tree = { messages: [answer], parents: { a: null } };
    for (const json of [conversationJson(conversation, tree), pieceJson(pieceOf(answer, 'summary'))]) {
      const parsed = JSON.parse(json) as { messages?: unknown[] };
      expect(parsed.messages?.[0] ?? parsed).toMatchObject({
        verification: answer.verification,
        citations: [{ number: 1, doubtful: true }],
      });
    }
  });

  it('says when nothing was checked, and how a stopped, failed or unfinished text ended', () => {
    const file = (change: Partial<Message>) =>
      conversationMarkdown({ ...conversation, messages: [{ ...answer, ...change }] });
    expect(file({ verification: [] })).toContain('Its sentences were not checked against these passages.');
    expect(file({ state: 'stopped' })).toContain('**Stopped: this is not the whole text.**');
    expect(
      file({ state: 'failed', error: { code: 'internal', message: 'No route.', hint: '', retryable: true } }),
    ).toContain('**Failed: No route.**');
    expect(file({ state: 'streaming' })).toContain('still being written');
    expect(file({ state: 'complete' })).not.toMatch(/Stopped|Failed|Interrupted/);
  });

  // Catches: headings of an answer that stand above its question.
  it('puts headings of an answer below the question', () => {
    const headed = { ...conversation, messages: [{ ...answer, text: '# Sales\n\n## North', verification: [] }] };
    expect(conversationMarkdown(headed)).toContain('### Sales\n\n#### North');
    expect(conversationHtml(headed)).toContain('<h3>Sales</h3>');
  });
});
