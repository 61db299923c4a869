import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Citation } from '../../../shared/domain.ts';
import { document } from './documents.ts';

const citation = (number: number, documentId: string): Citation => ({
  number,
  documentId,
  chunkId: number,
  title: documentId,
  page: number * 10,
  boxes: [],
  quote: '',
});

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
  vi.resetModules();
});

describe('the library', () => {
  // Catches: every source of every answer struck out because the list of documents could not be read.
  it('calls a document deleted only when it has a list that lacks it', async () => {
    const { isGone } = await import('../../../renderer/app/stores/library-store.ts');
    const library = { documents: new Map([['a', document({ id: 'a' })]]), loaded: true, error: null };
    expect(isGone(library, 'a')).toBe(false);
    expect(isGone(library, 'b')).toBe(true);
    expect(isGone({ ...library, loaded: false }, 'b')).toBe(false);
    const error = { code: 'internal', message: 'No.', hint: 'Try again.', retryable: true } as const;
    expect(isGone({ ...library, error }, 'b')).toBe(false);
  });
});

describe('an update of the library', () => {
  // Catches: a word of an update that comes late, and stays on the documents that are there already.
  it('is told until the documents are there, and not afterwards', async () => {
    const { onLibraryUpdating, useLibraryStore } = await import('../../../renderer/app/stores/library-store.ts');
    onLibraryUpdating();
    expect(useLibraryStore.getState().updating).toBe(true);
    useLibraryStore.setState({ loaded: true, updating: false });
    onLibraryUpdating();
    expect(useLibraryStore.getState().updating).toBe(false);
  });
});

describe('the workspace', () => {
  const load = () => import('../../../renderer/app/stores/workspace-store.ts');

  it('walks the citations of an answer and stops at both ends', async () => {
    const { openCitation, stepCitation, useWorkspaceStore } = await load();
    openCitation('m', [citation(1, 'a'), citation(2, 'b')], 2);
    stepCitation(1);
    expect(useWorkspaceStore.getState().target).toMatchObject({ documentId: 'b', page: 20 });
    stepCitation(-1);
    expect(useWorkspaceStore.getState().target).toMatchObject({ documentId: 'a', page: 10 });
    expect(useWorkspaceStore.getState().trail?.index).toBe(0);
  });

  it('does not open a citation that no answer has', async () => {
    const { openCitation, useWorkspaceStore } = await load();
    openCitation('m', [citation(1, 'a')], 7);
    expect(useWorkspaceStore.getState().target).toBeNull();
  });

  it('asks for the same page again as a new visit, so that it is scrolled to again', async () => {
    const { openPage, useWorkspaceStore } = await load();
    openPage('a', 3);
    const first = useWorkspaceStore.getState().target?.visit ?? 0;
    openPage('a', 3);
    expect(useWorkspaceStore.getState().target?.visit).toBeGreaterThan(first);
  });

  it('never hides everything: the middle goes only while a page shows, and comes back with it', async () => {
    const { openPage, togglePane, useWorkspaceStore } = await load();
    togglePane('main');
    expect(useWorkspaceStore.getState().panes.main).toBe(true);
    openPage('a');
    togglePane('main');
    expect(useWorkspaceStore.getState().panes.main).toBe(false);
    togglePane('page');
    expect(useWorkspaceStore.getState().panes).toMatchObject({ main: true, page: false });
  });

  // Catches: an app that always opens on the library, or not at all with what another version stored.
  it('begins where it ended: a shelf, a conversation or a piece, and the page that was open', async () => {
    const { openReader, showLibrary, useWorkspaceStore } = await load();
    const { formatLastPlace, parseLastPlace } = await import('../../../renderer/app/stores/last-place.ts');
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'library', section: 'all' });
    showLibrary('collection:c');
    openReader('a', 3);
    const stored = localStorage.getItem('quire.place');
    const view = { kind: 'library', section: 'collection:c' };
    expect(parseLastPlace(stored)).toEqual({ view, documentId: 'a', isAlone: true });
    vi.resetModules();
    expect((await load()).useWorkspaceStore.getState().view).toEqual(view);

    const panes = { sidebar: true, main: true, page: false };
    const closed = { ...useWorkspaceStore.getState(), panes };
    expect(parseLastPlace(formatLastPlace(closed))).toEqual({ view, documentId: null, isAlone: false });
    for (const other of [
      { kind: 'conversation', conversationId: 'id' },
      // A question may have been begun in it.
      { kind: 'conversation', conversationId: null },
      { kind: 'written', pieceId: null },
    ] as const) {
      expect(parseLastPlace(formatLastPlace({ ...closed, view: other })).view).toEqual(other);
    }
    const nowhere = { view: { kind: 'library', section: 'all' }, documentId: null, isAlone: false };
    const strange = ['{"view":{"kind":"library","section":"cellar"}}', '{"view":{"kind":"conversation"}}'];
    for (const broken of [null, '', '{', '7', '[]', ...strange]) {
      expect(parseLastPlace(broken)).toEqual(nowhere);
    }
  });

  describe('once the documents are known', () => {
    const view = { kind: 'library', section: 'recent' } as const;
    const begin = async (search: string) => {
      localStorage.setItem('quire.place', JSON.stringify({ view, documentId: 'a', isAlone: false }));
      vi.stubGlobal('window', { location: { search } });
      const { leavePageIfRevived, reopenPage } = await import('../../../renderer/app/reopen-page.ts');
      const { useLibraryStore } = await import('../../../renderer/app/stores/library-store.ts');
      leavePageIfRevived();
      useLibraryStore.setState({ documents: new Map([['a', document({ id: 'a' })]]) });
      return { reopenPage, ...(await load()) };
    };

    // Catches: a page that opens over what the person went to, where the documents come late.
    it('opens the page that was open, unless the person went elsewhere meanwhile', async () => {
      const first = await begin('');
      first.reopenPage();
      expect(first.useWorkspaceStore.getState()).toMatchObject({ view, target: { documentId: 'a' } });
      vi.resetModules();
      const second = await begin('');
      second.showLibrary('favourites');
      second.reopenPage();
      expect(second.useWorkspaceStore.getState().target).toBeNull();
    });

    // Catches: the page that the window broke at, opened again because the address no longer tells, or at a later start.
    it('leaves the page closed after the window’s process died, and the view open', async () => {
      const { reopenPage, useWorkspaceStore } = await begin('?revived');
      vi.stubGlobal('window', { location: { search: '' } });
      reopenPage();
      expect(useWorkspaceStore.getState()).toMatchObject({ view, target: null });
      expect(localStorage.getItem('quire.place')).toBe(JSON.stringify({ view, documentId: null, isAlone: false }));
    });
  });

  // Catches: a way back that leads to another page of the usage, and a start that opens on it.
  it('shows the usage over what was shown, leads back to it, and does not begin with it', async () => {
    const { leaveUsage, openSettings, showConversation, showUsage, useWorkspaceStore } = await load();
    showConversation('id');
    openSettings('usage');
    showUsage('limits');
    expect(useWorkspaceStore.getState()).toMatchObject({ view: { kind: 'usage', tab: 'limits' }, dialog: null });
    showUsage('prices');
    const { formatLastPlace, parseLastPlace } = await import('../../../renderer/app/stores/last-place.ts');
    expect(parseLastPlace(formatLastPlace(useWorkspaceStore.getState())).view.kind).toBe('library');
    leaveUsage();
    expect(useWorkspaceStore.getState().view).toEqual({ kind: 'conversation', conversationId: 'id' });
  });

  it('closes what pointed at a deleted document', async () => {
    const { beginConversation, forgetDocuments, openPage, useWorkspaceStore } = await load();
    beginConversation(['a', 'b']);
    openPage('a');
    forgetDocuments(['a']);
    expect(useWorkspaceStore.getState()).toMatchObject({
      target: null,
      draftScope: { documentIds: ['b'], collectionId: null },
    });
  });

  it('opens a document where reading stopped, and forgets the place with the document', async () => {
    const { forgetDocuments, openPage, useWorkspaceStore } = await load();
    const { keepReadingPosition } = await import('../../../renderer/app/stores/reading-positions.ts');
    keepReadingPosition('a', { page: 42, part: 0.5, zoom: 'fit', rotation: 0 });
    openPage('a');
    expect(useWorkspaceStore.getState().target).toMatchObject({ page: 42, part: 0.5 });
    openPage('a', 3);
    expect(useWorkspaceStore.getState().target).toMatchObject({ page: 3, part: null });
    forgetDocuments(['a']);
    expect(localStorage.getItem('quire.reading')).toBe('[]');
  });

  it('takes a selected passage over into a question about its document', async () => {
    const { askAbout, openReader, useWorkspaceStore } = await load();
    openReader('a');
    expect(useWorkspaceStore.getState().panes).toMatchObject({ main: false, page: true });
    askAbout('a', 'So it is.');
    expect(useWorkspaceStore.getState()).toMatchObject({
      view: { kind: 'conversation', conversationId: null },
      panes: { main: true, page: true },
      draftScope: { documentIds: ['a'], collectionId: null },
      composerQuote: { documentId: 'a', quote: 'So it is.' },
    });
  });
});

describe('the library', () => {
  it('keeps the objects of documents that did not change, so that their cards are not drawn again', async () => {
    const { applyLibraryChange } = await import('../../../renderer/app/stores/library-store.ts');
    const a = document({ id: 'a' });
    const before = new Map([
      ['a', a],
      ['b', document({ id: 'b' })],
      ['c', document({ id: 'c' })],
    ]);
    const after = applyLibraryChange(before, { documents: [document({ id: 'b', title: 'New' })], removed: ['c'] });
    expect(after.get('a')).toBe(a);
    expect([...after.values()].map(({ title }) => title)).toEqual(['Title a', 'New']);
    expect(before.size).toBe(3);
  });

  // Catches: a document that became ready, or went, while the list was on its way, shown as it was before until it changes again.
  it('keeps what was told while the list was on its way', async () => {
    const list = Promise.withResolvers<unknown>();
    vi.stubGlobal('window', { quire: { request: () => list.promise } });
    const { loadLibrary, onLibraryChanged, useLibraryStore } =
      await import('../../../renderer/app/stores/library-store.ts');
    const loading = loadLibrary();
    onLibraryChanged({ documents: [document({ id: 'a', title: 'New' })], removed: ['b'] });
    list.resolve({ ok: true, value: [document({ id: 'a' }), document({ id: 'b' }), document({ id: 'c' })] });
    await loading;
    expect([...useLibraryStore.getState().documents.values()].map(({ title }) => title)).toEqual(['New', 'Title c']);
  });
});

describe('a conversation', () => {
  // Catches: a question to one document that is sent to the whole library, because it came before the conversation did.
  it('has no scope until it was fetched, so that nothing can be asked in it', async () => {
    const answer = Promise.withResolvers<unknown>();
    vi.stubGlobal('window', { quire: { request: () => answer.promise } });
    const { openConversation, useChatStore } = await import('../../../renderer/features/chat/chat-store.ts');
    const scope = () => useChatStore.getState().conversations.get('x')?.scope;
    const opening = openConversation('x');
    expect(scope() ?? null).toBeNull();
    const summary = { id: 'x', title: 'X', documentIds: ['a'], collectionId: null };
    answer.resolve({ ok: true, value: { summary, messages: [], activeStreamId: null, branches: [], figures: {} } });
    await opening;
    expect(scope()).toEqual({ documentIds: ['a'], collectionId: null });
  });
});

describe('how the library is shown', () => {
  it('falls back when what was stored does not fit', async () => {
    const { parsePreferences } = await import('../../../renderer/features/library/library-preferences.ts');
    expect(parsePreferences('list pages descending')).toEqual({
      layout: 'list',
      sort: { key: 'pages', descending: true },
    });
    for (const broken of [null, '', 'tiles title ascending', 'grid size ascending']) {
      expect(parsePreferences(broken)).toEqual({ layout: 'grid', sort: { key: 'added', descending: true } });
    }
  });
});

describe('how wide the panes are', () => {
  it('keeps the width of a pane that does not show while another one is dragged', async () => {
    const { keepPaneSizes, paneSizes } = await import('../../../renderer/app/pane-sizes.ts');
    keepPaneSizes(300, 640);
    keepPaneSizes(280.4, 0);
    expect(paneSizes()).toEqual({ sidebar: 280, page: 640 });
  });

  it('falls back when what was stored does not fit', async () => {
    const { parsePaneSizes } = await import('../../../renderer/app/pane-sizes.ts');
    expect(parsePaneSizes('300 0')).toEqual({ sidebar: 300, page: null });
    for (const broken of [null, '', 'x y', '-3 Infinity']) {
      expect(parsePaneSizes(broken)).toEqual({ sidebar: 232, page: null });
    }
  });
});
