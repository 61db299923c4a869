/** Sentences of an answer checked while it streams: over a real server, a real core, and after a restart. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../shared/domain.ts';
import type { StreamPart } from '../../shared/stream.ts';
import { wholeLibrary } from '../../shared/scope.ts';
import { openTestCore, type TestCore } from '../helpers/core.ts';
import { startOpenAiServer, type OpenAiServer } from '../helpers/openai-server.ts';

const text = `Offer for the crane

The work on the crane takes nine days and costs 12,500 euros. Payment is due on July 1, 2022.

The harbour authority of Bergen has not approved the night shift.
`;

let scene: TestCore;
let server: OpenAiServer;

beforeEach(async () => {
  server = await startOpenAiServer();
  scene = await openTestCore();
  await scene.core.resume();
  await scene.core.ingest.add([await scene.file('offer.txt', text)]);
  await scene.settled();
});
afterEach(async () => {
  await scene.close();
  await server.close();
});

async function writeWithModel(): Promise<void> {
  await scene.core.settings.update({
    ...scene.core.settings.current,
    answers: { kind: 'provider', baseUrl: server.baseUrl, model: 'test-chat' },
  });
}

async function ask(question: string): Promise<{ parts: StreamPart[]; message: Message }> {
  const { chat } = scene.core;
  const { streamId, conversationId } = await chat.ask(null, question, wholeLibrary);
  const parts: StreamPart[] = [];
  chat.attach(streamId, (batch) => parts.push(...batch));
  await chat.finished(streamId);
  return { parts, message: await lastMessage(conversationId) };
}

async function lastMessage(conversationId: string): Promise<Message> {
  const { messages } = await scene.core.chat.conversation(conversationId);
  const last = messages.at(-1);
  if (!last) throw new Error('The conversation is empty.');
  return last;
}

function checked({ text: answer, verification }: Message) {
  return verification.map(({ start, end, verdict, reason, flagged }) => ({
    sentence: answer.slice(start, end),
    verdict,
    reason,
    flagged: flagged.map((span) => answer.slice(span.start, span.end)),
  }));
}

describe('with a model', () => {
  const reply = [
    'The work takes **nine days** and costs 15,200 euros [1]. Payment is due on 1 July 2022 [1].',
    '',
    '- The harbour authority of Bergen has approved the night shift. [1]',
    '- Mr. Svendsen signs the offer [1].',
    '- In all that makes 777 euros a day.',
  ].join('\n');

  // Catches: a wrong number that looks as well proven as a right one, and a verdict that a restart loses.
  test('a wrong number, a negation and a name are found, saved, and there after a restart', async () => {
    await writeWithModel();
    server.setReply(() => reply);
    const { message } = await ask('How long does the work on the crane take?');
    const expected = [
      {
        sentence: 'The work takes **nine days** and costs 15,200 euros [1].',
        verdict: 'unsupported',
        reason: 'number',
        flagged: ['15,200'],
      },
      { sentence: 'Payment is due on 1 July 2022 [1].', verdict: 'supported', flagged: [] },
      {
        sentence: 'The harbour authority of Bergen has approved the night shift. [1]',
        verdict: 'unsupported',
        reason: 'contradicted',
        flagged: [],
      },
      {
        sentence: 'Mr. Svendsen signs the offer [1].',
        verdict: 'unsupported',
        reason: 'name',
        flagged: ['Svendsen'],
      },
      { sentence: 'In all that makes 777 euros a day.', verdict: 'unsupported', reason: 'number', flagged: ['777'] },
    ];
    expect(checked(message)).toMatchObject(expected);
    await scene.restart();
    const again = await lastMessage(message.conversationId);
    expect(again.verification).toEqual(message.verification);
    expect(checked(again)).toMatchObject(expected);
  });

  // Catches: verdicts that come all at the end, or before the citation that they rest on.
  test('a sentence is told while the next ones are written, after its citation', async () => {
    await writeWithModel();
    server.setTokensPerSecond(40);
    server.setReply(() => `The work takes nine days [1]. ${'And so on and on. '.repeat(12)}`);
    const { parts } = await ask('How long does the work on the crane take?');
    const at = parts.findIndex(({ type }) => type === 'verification');
    expect(at).toBeGreaterThan(parts.findIndex(({ type }) => type === 'citation'));
    expect(parts.slice(at).filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(3);
    const part = parts[at];
    expect(part?.type === 'verification' && part.verification).toMatchObject({
      start: 0,
      verdict: 'supported',
      citations: [1],
    });
  });

  test('whoever attaches late gets the verdicts with the text', async () => {
    await writeWithModel();
    server.setReply(() => 'The work takes eight days [1].');
    const { chat } = scene.core;
    const { streamId } = await chat.ask(null, 'How long does the work on the crane take?', wholeLibrary);
    await chat.finished(streamId);
    const late: StreamPart[] = [];
    chat.attach(streamId, (batch) => late.push(...batch));
    expect(late.filter(({ type }) => type === 'verification')).toMatchObject([
      { verification: { verdict: 'unsupported', flagged: [{ text: 'eight' }] } },
    ]);
  });
});

test('sentences of the documents themselves are supported', async () => {
  const { message } = await ask('How long does the work on the crane take?');
  expect(message.source?.kind).toBe('extractive');
  expect(message.verification.length).toBeGreaterThan(0);
  expect(new Set(message.verification.map(({ verdict }) => verdict))).toEqual(new Set(['supported']));
});
