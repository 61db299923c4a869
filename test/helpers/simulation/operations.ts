/** What a person does on a computer: one thing at a time, drawn by chance, through the library's own statements. */
import { noLimits } from '../../../shared/accounts.ts';
import { AppError } from '../../../shared/errors.ts';
import { hashOf, makePage } from '../library.ts';
import { emptyAnswer } from '../message.ts';
import type { Chance } from './chance.ts';
import type { SimulatedDevice } from './device.ts';

/** How often each is done, relative to the others. */
const weights = {
  ingest: 10,
  rename: 9,
  tag: 7,
  untag: 3,
  renameTag: 1,
  favourite: 4,
  makeCollection: 4,
  renameCollection: 3,
  fillCollection: 5,
  deleteCollection: 1,
  makeConversation: 6,
  renameConversation: 6,
  markConversation: 4,
  trashConversation: 1,
  deleteConversation: 1,
  scopeConversation: 2,
  say: 14,
  sayAgain: 3,
  makePiece: 3,
  renamePiece: 3,
  deletePiece: 1,
  deleteDocument: 2,
  settings: 2,
  call: 2,
} as const;
export type OperationName = keyof typeof weights;

/** Several computers add some of the same files. */
const FILES = 60;

export class Person {
  readonly #chance: Chance;
  #marks = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Does something; answers with what it was. What the library refuses (a name that is taken) is not done. */
  act(device: SimulatedDevice): OperationName {
    const name = this.#chance.weighted(weights);
    try {
      this.#do(name, device);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'request-invalid') throw error;
    }
    return name;
  }

  /** A text with a mark that no other has. */
  #typed(what: string): string {
    this.#marks += 1;
    return `${what} t${this.#marks}t`;
  }

  /** Now and then the same name as somebody else's, which nobody can tell apart. */
  #name(what: string): string {
    return this.#chance.is(0.25) ? `${what} ${this.#chance.below(6)}` : this.#typed(what);
  }

  #ids(device: SimulatedDevice, sql: string): string[] {
    return device.connection.prepare<[], string>(sql).pluck().all();
  }

  #one(device: SimulatedDevice, sql: string): string | undefined {
    return this.#chance.pick(this.#ids(device, sql));
  }

  #do(name: OperationName, device: SimulatedDevice): void {
    const { store } = device;
    const chance = this.#chance;
    const document = this.#one(device, 'SELECT id FROM documents ORDER BY id');
    const collection = this.#one(device, 'SELECT id FROM collections ORDER BY id');
    const conversation = this.#one(device, 'SELECT id FROM conversations WHERE deleted_at IS NULL ORDER BY id');
    const piece = this.#one(device, 'SELECT id FROM written_pieces WHERE deleted_at IS NULL ORDER BY id');
    switch (name) {
      case 'ingest':
        return this.#ingest(device);
      case 'rename':
        if (document) store.documents.rename(document, this.#typed('Title'));
        return;
      case 'tag':
        if (document) store.shelves.tag(this.#name('Tag'), [document]);
        return;
      case 'untag': {
        const tag = this.#one(device, 'SELECT DISTINCT name FROM document_tags ORDER BY name');
        if (tag && document) store.shelves.untag(tag, [document]);
        return;
      }
      case 'renameTag': {
        const tag = this.#one(device, 'SELECT DISTINCT name FROM document_tags ORDER BY name');
        if (tag) store.shelves.renameTag(tag, this.#name('Tag'));
        return;
      }
      case 'favourite':
        if (document) store.shelves.setFavourite([document], chance.is(0.6));
        return;
      case 'makeCollection': {
        const documentIds = document && chance.is(0.7) ? [document] : [];
        store.shelves.createCollection({
          id: chance.uuid(),
          name: this.#name('Collection'),
          documentIds,
          createdAt: device.now(),
        });
        return;
      }
      case 'renameCollection':
        if (collection) store.shelves.renameCollection(collection, this.#name('Collection'));
        return;
      case 'fillCollection':
        if (!collection || !document) return;
        if (chance.is(0.7)) store.shelves.putIn(collection, [document]);
        else store.shelves.takeOut(collection, [document]);
        return;
      case 'deleteCollection':
        if (collection) store.shelves.deleteCollection(collection);
        return;
      case 'makeConversation':
        store.conversations.create({
          id: chance.uuid(),
          title: 'New conversation',
          scope: { documentIds: document && chance.is(0.5) ? [document] : [], collectionId: null },
          createdAt: device.now(),
        });
        return;
      case 'renameConversation':
        if (conversation) store.conversations.rename(conversation, this.#typed('About'));
        return;
      case 'markConversation':
        if (conversation)
          store.conversations.mark(
            conversation,
            chance.is(0.5) ? { pinned: chance.is(0.5) } : { archived: chance.is(0.5) },
          );
        return;
      case 'trashConversation':
        if (conversation) store.conversations.setDeleted(conversation, device.now());
        if (chance.is(0.5)) store.conversations.purge(device.now());
        return;
      case 'deleteConversation':
        if (conversation) store.conversations.delete(conversation);
        return;
      case 'scopeConversation':
        if (!conversation) return;
        store.conversations.setScope(
          conversation,
          collection && chance.is(0.5)
            ? { documentIds: [], collectionId: collection }
            : { documentIds: document ? [document] : [], collectionId: null },
        );
        return;
      case 'say':
      case 'sayAgain':
        if (conversation) this.#say(device, conversation, name === 'sayAgain');
        return;
      case 'makePiece':
        if (document) this.#write(device, document);
        return;
      case 'renamePiece':
        if (piece) store.written.rename(piece, this.#typed('Piece'));
        return;
      case 'deletePiece':
        if (piece) store.written.setDeleted(piece, device.now());
        if (chance.is(0.5)) store.written.purge(device.now());
        return;
      case 'deleteDocument':
        if (document) store.documents.delete([document]);
        return;
      case 'settings':
        store.settings.set('settings', { theme: chance.pick(['system', 'light', 'dark']) ?? 'system' });
        return;
      case 'call':
        this.#call(device, conversation ?? null);
    }
  }

  #ingest(device: SimulatedDevice): void {
    const { store } = device;
    const chance = this.#chance;
    const file = chance.is(0.5) ? `file-${chance.below(FILES)}` : `file-${chance.uuid()}`;
    const id = chance.uuid();
    const { document, duplicate } = store.documents.insert({
      id,
      contentHash: hashOf(file),
      path: `/home/${device.name}/${file}.pdf`,
      title: file,
      format: 'pdf',
      size: 1_000,
      addedAt: device.now(),
    });
    if (duplicate) return;
    // The same file has the same pages everywhere.
    const total = 1 + (Number.parseInt(document.contentHash.slice(0, 2), 16) % 3);
    store.documents.setInfo(document.id, { author: 'Somebody', language: 'en', pageCount: total });
    const pages = Array.from({ length: total }, (_, index) => makePage(index + 1));
    store.pages.put(document.id, pages, { done: total, total });
    store.documents.setState(document.id, 'ready');
  }

  #say(device: SimulatedDevice, conversation: string, isAgain: boolean): void {
    const { store } = device;
    const chance = this.#chance;
    const messages = store.messages.list(conversation);
    const after = isAgain ? (chance.pick(messages)?.id ?? null) : undefined;
    const question = chance.uuid();
    const facts = { ...emptyAnswer, conversationId: conversation, createdAt: device.now() };
    const said = { ...facts, id: question, role: 'user', state: 'complete', text: this.#typed('Question') } as const;
    store.messages.append(said, after);
    const answer = chance.uuid();
    store.messages.append({ ...facts, id: answer });
    if (chance.is(0.9)) store.messages.update(answer, { state: 'complete', text: 'An answer.' });
    else if (chance.is(0.5)) store.messages.deleteFrom(answer);
    else store.messages.markInterrupted();
  }

  #write(device: SimulatedDevice, document: string): void {
    const { store } = device;
    const id = this.#chance.uuid();
    store.written.create({
      id,
      title: this.#typed('Piece'),
      createdAt: device.now(),
      source: null,
      kind: 'summary',
      prompt: null,
      documentIds: [document],
      selection: null,
    });
    store.written.update(id, { state: 'complete', text: 'A summary.' });
  }

  #call(device: SimulatedDevice, conversation: string | null): void {
    const reserved = device.store.modelCalls.reserve(
      {
        account: 'local',
        createdAt: device.now(),
        kind: 'answer',
        host: '127.0.0.1',
        model: 'made-up',
        isLocal: true,
        conversationId: conversation,
        messageId: null,
        pieceId: null,
        documentIds: [],
        promptTokens: 100,
        canWait: false,
      },
      noLimits,
    );
    if (reserved.outcome !== 'reserved') return;
    device.store.modelCalls.settle(reserved.id, {
      outcome: 'complete',
      promptTokens: 90,
      completionTokens: 10,
      isEstimated: false,
      duration: 5,
    });
  }
}
