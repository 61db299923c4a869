/**
 * Where the person is: which view fills the middle, which page is open beside it, which panes and dialogs show.
 * Features meet here instead of importing each other.
 */
import { create } from 'zustand';
import type { Citation, ConversationScope } from '../../../shared/domain.ts';
import type { PieceSelection } from '../../../shared/written.ts';
import { wholeLibrary } from '../../../shared/scope.ts';
import { keepPlace, lastPlace } from './last-place.ts';
import { forgetReadingPositions, readingPosition } from './reading-positions.ts';

/** A collection is named by its id, a tag by its name. */
export type LibrarySection = 'all' | 'recent' | 'favourites' | 'failed' | `collection:${string}` | `tag:${string}`;
export type MainView =
  | { readonly kind: 'library'; readonly section: LibrarySection }
  | { readonly kind: 'search' }
  /** `pieceId: null` is the list of written pieces. */
  | { readonly kind: 'written'; readonly pieceId: string | null }
  | { readonly kind: 'usage'; readonly tab: UsageTab }
  /** `conversationId: null` is a conversation that begins with its first question. */
  | { readonly kind: 'conversation'; readonly conversationId: string | null };

/** Pages of what models cost. */
export type UsageTab = 'overview' | 'calls' | 'limits' | 'prices';

export interface PaneVisibility {
  readonly sidebar: boolean;
  readonly main: boolean;
  readonly page: boolean;
}

/** The citations of one answer, walked with j and k. */
export interface CitationTrail {
  readonly messageId: string;
  readonly citations: readonly Citation[];
  /** Index of the citation that is open. */
  readonly index: number;
}

/** What the page pane shows. */
export interface PageTarget {
  readonly documentId: string;
  readonly page: number;
  /** How far down the page reading stopped, as a part of its height; null for its top or its citation. */
  readonly part: number | null;
  /** Grows with every request, so that asking for the same page again scrolls to it again. */
  readonly visit: number;
}

/** What is to be written about. */
export interface WriteSubject {
  /** At least one. */
  readonly documentIds: readonly string[];
  readonly selection: PieceSelection | null;
}

export type AccountDialogName = 'sign-in' | 'create-account';
export type DialogName = 'settings' | 'about' | AccountDialogName;
export type SettingsTab =
  | 'answers'
  | 'search'
  | 'scans'
  | 'appearance'
  | 'folders'
  | 'library'
  | 'sync'
  | 'usage'
  | 'privacy'
  | 'account'
  | 'providers'
  | 'mail'
  | 'diagnostics';

export interface WorkspaceState {
  readonly view: MainView;
  readonly panes: PaneVisibility;
  readonly target: PageTarget | null;
  readonly trail: CitationTrail | null;
  readonly paletteOpen: boolean;
  readonly dialog: DialogName | null;
  /** The page of the settings that shows. */
  readonly settingsTab: SettingsTab;
  /** What the dialog “Write…” is open for. */
  readonly writing: WriteSubject | null;
  /** The answer whose passages are explained now. */
  readonly traceOf: string | null;
  /** What a new conversation asks. */
  readonly draftScope: ConversationScope;
  /** Grows to ask the view for its field: the filter of the library, the composer of the conversation. */
  readonly filterRequest: number;
  readonly composerRequest: number;
  /** A passage that the next question is about; null once the composer took it. */
  readonly composerQuote: { readonly documentId: string; readonly quote: string } | null;
  /** What is searched for in all documents; grows to ask for the field. */
  readonly searchQuery: string;
  readonly searchRequest: number;
  /** The one document that is searched in; null for all. */
  readonly searchDocument: string | null;
  /** Documents that flash and are brought into view now (they were dropped again). */
  readonly highlight: readonly string[];
}

const panesKey = 'quire.panes';

function rememberedPanes(): PaneVisibility {
  const stored = localStorage.getItem(panesKey);
  return { sidebar: stored !== 'main', main: true, page: false };
}

export const useWorkspaceStore = create<WorkspaceState>(() => ({
  view: lastPlace().view,
  panes: rememberedPanes(),
  target: null,
  trail: null,
  paletteOpen: false,
  dialog: null,
  settingsTab: 'answers',
  writing: null,
  traceOf: null,
  draftScope: wholeLibrary,
  filterRequest: 0,
  composerRequest: 0,
  composerQuote: null,
  searchQuery: '',
  searchRequest: 0,
  searchDocument: null,
  highlight: [],
}));

const { setState, getState } = useWorkspaceStore;
useWorkspaceStore.subscribe(keepPlace);

/** As the window began, or the account that is open now. */
let begun = getState();

/** Another account than the one of last time is open: the window begins where that one was. */
export function beginAtLastPlace(): void {
  setState({ view: lastPlace().view });
  begun = getState();
}

/** Whether the person has not gone elsewhere since the window began. */
export function isWhereItBegan(): boolean {
  const { view, panes, target } = getState();
  return view === begun.view && panes === begun.panes && target === begun.target;
}

export function showLibrary(section: LibrarySection): void {
  setState((state) => ({ view: { kind: 'library', section }, panes: { ...state.panes, main: true } }));
}

/** The full-text search over all documents; without a query it shows what was last searched for. */
export function showSearch(query?: string): void {
  setState((state) => ({
    view: { kind: 'search' },
    panes: { ...state.panes, main: true },
    searchQuery: query ?? state.searchQuery,
    searchRequest: state.searchRequest + 1,
    searchDocument: null,
  }));
}

/** Searches in one document what was searched for in all. */
export function searchInDocument(searchDocument: string): void {
  setState((state) => ({ searchDocument, searchRequest: state.searchRequest + 1 }));
}

/** The list of written pieces, or one of them. */
export function showWritten(pieceId: string | null = null): void {
  setState((state) => ({ view: { kind: 'written', pieceId }, panes: { ...state.panes, main: true } }));
}

/** What filled the middle before the usage did. */
let beforeUsage: MainView = { kind: 'library', section: 'all' };

/** What models were asked, what that cost, and what limits it. */
export function showUsage(tab: UsageTab = 'overview'): void {
  const { view } = getState();
  if (view.kind !== 'usage') beforeUsage = view;
  setState((state) => ({
    view: { kind: 'usage', tab },
    panes: { ...state.panes, main: true },
    dialog: null,
    paletteOpen: false,
  }));
}

/** Back to where one came from. */
export function leaveUsage(): void {
  setState({ view: beforeUsage });
}

/** Opens the dialog that asks what to write about documents or selected text; null closes it. */
export function writeAbout(writing: WriteSubject | null): void {
  if (writing?.documentIds.length === 0) return;
  setState({ writing, paletteOpen: false });
}

export function setSearchQuery(searchQuery: string): void {
  setState({ searchQuery });
}

export function showConversation(conversationId: string | null): void {
  setState((state) => ({
    view: { kind: 'conversation', conversationId },
    // What is cited in another conversation is not walked through in this one; the page stays.
    trail: isConversation(state.view, conversationId) ? state.trail : null,
    panes: { ...state.panes, main: true },
    composerRequest: state.composerRequest + 1,
  }));
}

function isConversation(view: MainView, conversationId: string | null): boolean {
  return view.kind === 'conversation' && view.conversationId !== null && view.conversationId === conversationId;
}

/** Begins a conversation about these documents, or a collection as it will be; neither means the whole library. */
export function beginConversation(documentIds: readonly string[], collectionId: string | null = null): void {
  setState({ draftScope: { documentIds, collectionId } });
  showConversation(null);
}

/** A draft got its first question, so that it has an id now; the view stays as it is otherwise. */
export function nameDraft(conversationId: string): void {
  setState((state) =>
    state.view.kind === 'conversation' && state.view.conversationId === null
      ? { view: { kind: 'conversation', conversationId } }
      : {},
  );
}

/** False when there is nothing that it could show or hide: without a page there is none beside, and no other view. */
export function togglePane(pane: keyof PaneVisibility): boolean {
  const { panes: before, target } = getState();
  if (pane === 'page' && !target) return false;
  // The middle can go only while a page is there to read; something must be left to look at.
  if (pane === 'main' && before.main && !before.page) return false;
  const panes = { ...before, [pane]: !before[pane] };
  setState({ panes: pane === 'page' && !panes.page ? { ...panes, main: true } : panes });
  localStorage.setItem(panesKey, panes.sidebar ? 'sidebar' : 'main');
  return true;
}

/** Opens a document beside what is there: on a page, or where reading stopped. */
export function openPage(documentId: string, page?: number): void {
  const last = page === undefined ? readingPosition(documentId) : null;
  const place = { page: page ?? last?.page ?? 1, part: last?.part ?? null };
  setState((state) => ({
    target: { documentId, ...place, visit: (state.target?.visit ?? 0) + 1 },
    trail: null,
    panes: { ...state.panes, page: true },
  }));
}

/** Opens a document to read it: it fills the place of the library and the conversation. */
export function openReader(documentId: string, page?: number): void {
  openPage(documentId, page);
  setState((state) => ({ panes: { ...state.panes, main: false } }));
}

/** Takes a quote over into the question that is being written, asked of its document. */
export function askAbout(documentId: string, quote: string): void {
  const { view } = getState();
  if (view.kind !== 'conversation') beginConversation([documentId]);
  setState((state) => ({
    panes: { ...state.panes, main: true },
    composerQuote: { documentId, quote },
    composerRequest: state.composerRequest + 1,
  }));
}

/** The composer took the quote. */
export function takeComposerQuote(): void {
  setState({ composerQuote: null });
}

/** Whether Ctrl+F is meant for the page: it is read alone, beside a conversation, or has the focus. */
export function isPageMeant(): boolean {
  const { panes, target, view } = getState();
  if (!panes.page || !target) return false;
  const hasFocus = Boolean(document.activeElement?.closest('[data-testid="page-pane"]'));
  return !panes.main || view.kind === 'conversation' || view.kind === 'written' || hasFocus;
}

/** Opens a citation's page with its boxes; the answer's other citations are then a j or a k away. */
export function openCitation(messageId: string, citations: readonly Citation[], number: number): void {
  const index = citations.findIndex((citation) => citation.number === number);
  const citation = citations[index];
  if (!citation) return;
  setState((state) => ({
    trail: { messageId, citations, index },
    target: { documentId: citation.documentId, page: citation.page, part: null, visit: (state.target?.visit ?? 0) + 1 },
    panes: { ...state.panes, page: true },
  }));
}

/** Next (1) or previous (-1) citation of the trail; stays at the ends. False when there is no trail to walk. */
export function stepCitation(step: 1 | -1): boolean {
  const { trail } = getState();
  if (!trail) return false;
  const next = trail.citations[Math.min(trail.citations.length - 1, Math.max(0, trail.index + step))];
  if (next) openCitation(trail.messageId, trail.citations, next.number);
  return true;
}

export function closePage(): void {
  setState((state) => ({ panes: { ...state.panes, page: false, main: true }, trail: null, target: null }));
}

/** Forgets which citation is open, the page stays. */
export function leaveTrail(): void {
  setState({ trail: null });
}

export function setPaletteOpen(paletteOpen: boolean): void {
  setState({ paletteOpen });
}

export function openDialog(dialog: DialogName | null): void {
  setState({ dialog, settingsTab: 'answers', paletteOpen: false });
}

/** Opens the settings at a page of theirs. */
export function openSettings(settingsTab: SettingsTab): void {
  setState({ dialog: 'settings', settingsTab, paletteOpen: false });
}

/** Explains why an answer stands on its passages; null ends it. */
export function explainAnswer(messageId: string | null): void {
  setState({ traceOf: messageId, paletteOpen: false });
}

export function requestFilter(): void {
  const { view } = getState();
  if (view.kind !== 'library') showLibrary('all');
  setState((state) => ({ filterRequest: state.filterRequest + 1 }));
}

/** Milliseconds; as long as the flash's animation. */
const flashTime = 1_700;

/** Brings documents into view and flashes them. */
export function highlightDocuments(ids: readonly string[]): void {
  showLibrary('all');
  setState({ highlight: ids });
  setTimeout(() => setState((state) => (state.highlight === ids ? { highlight: [] } : {})), flashTime);
}

/** Documents went: what pointed at them closes. */
export function forgetDocuments(ids: readonly string[]): void {
  const gone = new Set(ids);
  const { target, draftScope, searchDocument } = getState();
  if (target && gone.has(target.documentId)) closePage();
  if (searchDocument !== null && gone.has(searchDocument)) setState({ searchDocument: null });
  forgetReadingPositions(ids);
  const left = draftScope.documentIds.filter((id) => !gone.has(id));
  if (left.length < draftScope.documentIds.length) setState({ draftScope: { ...draftScope, documentIds: left } });
}
