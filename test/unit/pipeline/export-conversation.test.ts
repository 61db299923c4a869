import { describe, expect, it } from 'vitest';
import {
  conversationHtml,
  conversationJson,
  conversationMarkdown,
  type ExportedConversation,
} from '../../../electron/pipeline/export-conversation.ts';
import { exportFileName } from '../../../electron/ipc/handlers/export-file.ts';
import { emptyAnswer } from '../../helpers/message.ts';

const conversation: ExportedConversation = {
  summary: {
    id: 'c',
    title: 'Sales <b>2022</b>',
    documentIds: [],
    collectionId: null,
    pinned: false,
    archived: false,
    messageCount: 2,
    createdAt: 0,
    updatedAt: 0,
  },
  messages: [
    { ...emptyAnswer, id: 'q', role: 'user', state: 'complete', text: 'What were <script>sales</script>?' },
    {
      ...emptyAnswer,
      state: 'complete',
      text: 'They were **$34.2 billion** [1].\n\n<img src="https://evil.example/x.png">',
      source: { kind: 'provider', model: 'm', host: 'h.example', retrieval: 'hybrid', note: null },
      citations: [
        { number: 1, documentId: 'd', chunkId: 1, title: 'Annual & report', page: 7, boxes: [], quote: 'Net\nsales' },
      ],
    },
  ],
};

describe('a conversation as a file', () => {
  it('is Markdown with questions as headings and sources by document, page and quote', () => {
    const text = conversationMarkdown(conversation);
    expect(text).toContain('## What were \\<script>sales\\</script>?');
    expect(text).toContain('[1] **Annual & report**, p. 7: “Net sales”');
    expect(text).toContain('_Written by m on h.example._');
  });

  it('says that it is one branch of several', () => {
    const branched = { ...conversation, branches: [['q', 'r']] };
    const note = 'This is the branch that was shown';
    for (const write of [conversationMarkdown, conversationHtml]) {
      expect(write(branched)).toContain(note);
      expect(write(conversation)).not.toContain(note);
    }
  });

  // Catches: a file that is taken for the whole conversation, and lacks what was edited.
  it('has every branch in JSON, each message with the one that it follows', () => {
    const other = { ...emptyAnswer, id: 'r', role: 'user' as const, text: 'Another question' };
    const [question, answer] = conversation.messages;
    const tree = {
      messages: [question!, answer!, other],
      parents: { q: null, [answer!.id]: 'q', r: null },
    };
    const json = (branches: string[][]) =>
      JSON.parse(conversationJson({ ...conversation, branches }, tree)) as Record<string, { id: string }[]>;
    const branched = json([['q', 'r']]);
    expect(branched['messages']?.map(({ id }) => id)).toEqual(['q', answer!.id]);
    expect(branched['allMessages']).toMatchObject([
      { id: 'q', parentId: null },
      { id: answer!.id, parentId: 'q' },
      { id: 'r', parentId: null, text: 'Another question' },
    ]);
    expect(json([])).not.toHaveProperty('allMessages');
  });

  it('is JSON that can be read again, with citations', () => {
    const parsed = JSON.parse(conversationJson(conversation, { messages: [], parents: {} })) as {
      messages: { citations?: unknown[] }[];
    };
    expect(parsed).toMatchObject({ format: 'quire-conversation', version: 1 });
    expect(parsed.messages[1]?.citations).toEqual([
      {
        ...{ number: 1, documentId: 'd', title: 'Annual & report', page: 7, quote: 'Net\nsales' },
        ...{ doubtful: false, boxes: [] },
      },
    ]);
  });

  // Catches: an answer's own HTML that runs or loads something while the PDF is printed.
  it('is HTML in which nothing of a stranger’s text is HTML', () => {
    const html = conversationHtml(conversation);
    expect(html).not.toMatch(/<script|<img|<b>/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('<strong>$34.2 billion</strong>');
  });

  it('is named after its title, without what a file system refuses', () => {
    expect(exportFileName('a/b\\c: "d"?', 'md')).toBe('a b c d.md');
    expect(exportFileName('../..', 'pdf')).toBe('Conversation.pdf');
    expect(exportFileName('x'.repeat(300), 'json').length).toBeLessThan(90);
  });
});
