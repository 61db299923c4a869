import type { Root } from 'hast';
import { describe, expect, it } from 'vitest';
import { isThisComputer } from '../../../shared/this-computer.ts';
import { endingText, sourceText } from '../../../renderer/features/chat/answer-words.ts';
import { splitCitations, textForClipboard, withoutOpenMark } from '../../../renderer/features/chat/citation-text.ts';
import { followsAfterScroll } from '../../../renderer/features/chat/follow-end.ts';
import { splitMarkdown } from '../../../renderer/components/markdown/markdown-blocks.ts';
import { rehypeCitations } from '../../../renderer/features/chat/rehype-citations.ts';
import { beginStream, reduceStream } from '../../../renderer/features/chat/stream-reducer.ts';
import { emptyAnswer as message } from '../../helpers/message.ts';
import type { StreamPart, StreamPartBody } from '../../../shared/stream.ts';

function parts(from: number, ...bodies: readonly StreamPartBody[]): readonly StreamPart[] {
  return bodies.map((body, index) => ({ ...body, streamId: 's', sequence: from + index }));
}

describe('following a stream', () => {
  it('grows the message and ends in its state', () => {
    const begun = reduceStream(beginStream(message), [
      ...parts(
        0,
        { type: 'status', status: 'retrieving' },
        { type: 'text-start' },
        { type: 'text-delta', text: 'Two ' },
      ),
    ]);
    expect([begun.message.text, begun.phase]).toEqual(['Two ', 'writing']);
    const ended = reduceStream(
      begun,
      parts(3, { type: 'text-delta', text: 'of four.' }, { type: 'finish', reason: 'stopped' }),
    );
    expect([ended.message.text, ended.message.state, ended.phase]).toEqual(['Two of four.', 'stopped', null]);
  });

  it('takes no part in twice, when main sends again what was on the way', () => {
    const once = reduceStream(
      beginStream(message),
      parts(0, { type: 'text-start' }, { type: 'text-delta', text: 'a' }),
    );
    const again = reduceStream(once, parts(1, { type: 'text-delta', text: 'a' }, { type: 'text-delta', text: 'b' }));
    expect(again.message.text).toBe('ab');
  });

  it('starts from nothing when attached late: main sends the whole text so far', () => {
    const late = beginStream({ ...message, text: 'Two of' });
    const caught = reduceStream(late, parts(40, { type: 'text-start' }, { type: 'text-delta', text: 'Two of four' }));
    expect(caught.message.text).toBe('Two of four');
  });
});

describe('splitting Markdown into blocks', () => {
  const text = [
    'A paragraph',
    'of two lines.',
    '',
    '- one',
    '',
    '- two, loose',
    '',
    '  with a second paragraph',
    '',
    '```',
    'code',
    '',
    'with a gap',
    '```',
    '',
    '| a | b |',
    '| - | - |',
    '| 1 | 2 |',
    '',
    'The end',
  ].join('\n');

  it('keeps lists, fences and tables whole', () => {
    expect(splitMarkdown(text).map((block) => block.split('\n')[0])).toEqual([
      'A paragraph',
      '- one',
      '```',
      '| a | b |',
      'The end',
    ]);
  });

  it('loses nothing: joined, the blocks are the text', () => {
    for (const sample of [text, '', '\n\n', 'a\n', 'a\n\n\nb\n', '```\nnever closed\n\nstill code']) {
      expect(splitMarkdown(sample).join('')).toBe(sample);
    }
  });

  it('leaves finished blocks alone while the text grows, so that they are not rendered again', () => {
    const finished = splitMarkdown(text).slice(0, -1);
    for (const more of [' of it', ' of it.\n\nAnother', ' of it.\n\n- list\n- goes on']) {
      expect(splitMarkdown(text + more).slice(0, finished.length)).toEqual(finished);
    }
  });

  it('does not take a longer fence for the end of a shorter one’s content', () => {
    expect(splitMarkdown('````\n```\n\ninside\n````\n\nafter')).toEqual(['````\n```\n\ninside\n````\n\n', 'after']);
  });
});

describe('citation marks', () => {
  const numbers = (text: string) =>
    splitCitations(text).flatMap((piece) => (piece.kind === 'citation' ? [piece.number] : []));

  it('finds single, joined and listed marks', () => {
    expect(numbers('a [1], b [2][3] and c [4, 5].')).toEqual([1, 2, 3, 4, 5]);
  });

  it('does not take a year for a source', () => {
    expect(numbers('in the year [2022] and [x]')).toEqual([]);
  });

  it('takes the space before a mark along, so that a dropped one leaves no gap', () => {
    expect(splitCitations('fell [9].').filter((piece) => piece.kind === 'text')).toEqual([
      { kind: 'text', text: 'fell', start: 0 },
      { kind: 'text', text: '.', start: 8 },
    ]);
  });

  it('holds back a mark that is still being written', () => {
    expect(['fell [', 'fell [1', 'fell [1, 2', 'fell [1]', 'fell'].map(withoutOpenMark)).toEqual([
      'fell',
      'fell',
      'fell',
      'fell [1]',
      'fell',
    ]);
  });

  it('copies the answer with its sources, and without numbers that nothing stands behind', () => {
    const citations = [
      { number: 1, title: '3M 10-K', page: 42 },
      { number: 2, title: 'Unused', page: 1 },
    ];
    expect(textForClipboard('Sales fell [1][7].', citations)).toBe('Sales fell [1].\n\n[1] 3M 10-K, p. 42');
  });

  it('makes chips of marks in text and leaves code alone', () => {
    const tree: Root = {
      type: 'root',
      children: [
        { type: 'element', tagName: 'p', properties: {}, children: [{ type: 'text', value: 'fell [1].' }] },
        { type: 'element', tagName: 'code', properties: {}, children: [{ type: 'text', value: 'list[1]' }] },
      ],
    };
    rehypeCitations()(tree);
    const [paragraph, code] = tree.children;
    expect(
      paragraph?.type === 'element' && paragraph.children.map((node) => (node.type === 'element' ? node.tagName : '·')),
    ).toEqual(['·', '·', 'cite', '·']);
    expect(code?.type === 'element' && code.children).toEqual([{ type: 'text', value: 'list[1]' }]);
  });
});

describe('following the end', () => {
  const at = (scrollTop: number, scrollHeight = 2_000) => ({ scrollTop, scrollHeight, clientHeight: 500 });

  it('lets go when the reader scrolls up, also while the text grows', () => {
    expect(followsAfterScroll(true, at(1_500), at(1_300, 2_100))).toBe(false);
  });

  it('is not shaken off by growth alone', () => {
    expect(followsAfterScroll(true, at(1_500), at(1_500, 2_600))).toBe(true);
  });

  it('takes hold again at the end', () => {
    expect(followsAfterScroll(false, at(1_300), at(1_490))).toBe(true);
  });

  it('does not take shrinking for scrolling up', () => {
    expect(followsAfterScroll(true, at(1_500), at(1_000, 1_700))).toBe(true);
  });
});

describe('what is said about an answer', () => {
  it('says plainly that nothing was generated and nothing sent', () => {
    const source = { kind: 'extractive', model: null, host: null, retrieval: 'hybrid', note: null } as const;
    expect(sourceText(source)).toBe('Quoted from your documents · nothing was generated, nothing left this computer');
  });

  it('never calls a model elsewhere one on this computer', () => {
    expect(isThisComputer('localhost:11434')).toBe(true);
    expect(isThisComputer('127.0.0.1:1234')).toBe(true);
    expect(isThisComputer('localhost.example.com')).toBe(false);
    expect(isThisComputer('127.0.0.1.example.com')).toBe(false);
    const source = { kind: 'provider', model: 'm', host: 'api.openai.com', retrieval: 'hybrid', note: null } as const;
    expect(sourceText(source)).toBe('Written by m · the question and the passages went to api.openai.com');
  });

  it('marks answers that ended early', () => {
    expect(endingText('interrupted')).toContain('broke off');
    expect(endingText('complete')).toBeNull();
  });
});
