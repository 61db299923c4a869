/**
 * The domain's own types: what the database stores, the pipeline moves and the window shows.
 * Values only; no DOM, no Node, no state.
 */
import type { ErrorInfo } from './errors.ts';

/**
 * A rectangle on a page, in PDF points (1/72 inch) of the page's own user space: origin bottom left, y upwards,
 * before the page's /Rotate is applied. It is what pdf.js's `viewport.convertToViewportPoint(x, y)` takes.
 */
export interface Box {
  /** Page number, from 1. */
  readonly page: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Characters `start` (inclusive) to `end` (exclusive) of a stored page's text. */
export interface PageRange {
  /** Page number, from 1. */
  readonly page: number;
  /** UTF-16 indices. */
  readonly start: number;
  readonly end: number;
}

export type DocumentFormat = 'pdf' | 'text' | 'markdown';

/** Where a document is on its way; each step is committed, so that a killed app resumes from it. */
export const documentStates = ['queued', 'extracting', 'chunking', 'embedding', 'ready', 'failed'] as const;
export type DocumentState = (typeof documentStates)[number];

/** Progress within the present state: pages while extracting, chunks while embedding. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface DocumentSummary {
  readonly id: string;
  readonly title: string;
  readonly author: string | null;
  /** The file it came from, as the person knows it. */
  readonly path: string;
  readonly fileName: string;
  readonly format: DocumentFormat;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the file's bytes, hex. */
  readonly contentHash: string;
  readonly pageCount: number;
  /** Pages on which text was found or recognised; `pageCount - textPages` have none (a drawing, an empty page). */
  readonly textPages: number;
  /** Pages without text of their own that were looked at for recognition, of all such; 0 of 0 while it is not known. */
  readonly recognition: Progress;
  /** Why recognition rests before its end; null while it goes on, and when there is nothing to recognise. */
  readonly recognitionError: ErrorInfo | null;
  /** Pages whose text was recognised on their picture (OCR). */
  readonly ocrPages: number;
  /** 0 to 100, the mean over these pages of how sure recognition was; null without any. */
  readonly ocrConfidence: number | null;
  /** Pages of these below `DOUBTFUL_CONFIDENCE`. */
  readonly doubtfulPages: number;
  /** Codes of the languages of its scanned pages, chosen or found out; null while that is English alone. */
  readonly recognitionLanguages: readonly string[] | null;
  readonly chunkCount: number;
  /** Chunks whose vector for the active embedder is stored. */
  readonly embeddedChunks: number;
  /** BCP 47 primary tag, or null when unknown. */
  readonly language: string | null;
  readonly state: DocumentState;
  readonly progress: Progress;
  readonly error: ErrorInfo | null;
  readonly hasThumbnail: boolean;
  /** True when its file was in a watched folder and no longer is; the stored copy is there. */
  readonly fileGone: boolean;
  /** Why its file in a watched folder, which changed, could not be taken in; the version before it stays. */
  readonly fileError: ErrorInfo | null;
  /** True from the moment the text can be searched, also while vectors are still being made. */
  readonly searchable: boolean;
  /** True when it was added on another device, and its text did not come here yet: nobody reads it meanwhile. */
  readonly remoteOnly?: boolean;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
  readonly updatedAt: number;
}

/** A recognised page that is less sure than this (0 to 100) is doubtful, and so is what is cited from it. */
export const DOUBTFUL_CONFIDENCE = 75;

/** True while pages of a document wait for recognition, or are being recognised. */
export function isRecognising(document: Pick<DocumentSummary, 'state' | 'recognition' | 'recognitionError'>): boolean {
  const { state, recognition, recognitionError } = document;
  return (
    (state === 'ready' || state === 'extracting') && recognitionError === null && recognition.done < recognition.total
  );
}

/** What goes when documents are deleted: shown before, proved after. */
export interface DeletionCounts {
  readonly documents: number;
  readonly pages: number;
  readonly chunks: number;
  readonly vectors: number;
  /** Files on the disk: the stored copy and the thumbnail. */
  readonly files: number;
  /** Citations in conversations, and in written pieces that stay, that lose their page. */
  readonly citations: number;
  /** Written pieces that are about them alone. */
  readonly pieces: number;
  /** Prompts that were kept as they were sent, of conversations and of pieces that stay, with their passages. */
  readonly prompts: number;
}

/** A deletion that was carried out and looked over. */
export interface DeletionOutcome extends DeletionCounts {
  /** Bytes of the files that went, and of the parts of the database's file that are given back. */
  readonly freedBytes: number;
}

export type RetrievalMode = 'hybrid' | 'vector' | 'text';

/** One passage that retrieval found. */
export interface Hit {
  /** From 1, best first. */
  readonly rank: number;
  readonly chunkId: number;
  readonly documentId: string;
  readonly title: string;
  readonly path: string;
  /** First page of the passage, from 1. */
  readonly page: number;
  readonly headingPath: readonly string[];
  readonly text: string;
  readonly boxes: readonly Box[];
  /** Fused score, higher is better. */
  readonly score: number;
  /** Rank and score in each arm; null where the arm did not find it. bm25 is as FTS5 gives it (lower is better). */
  readonly textRank: number | null;
  readonly bm25: number | null;
  readonly vectorRank: number | null;
  readonly cosine: number | null;
}

/** A piece of a page with what was searched for. */
export interface Snippet {
  /** One line. */
  readonly text: string;
  /** Matches in `text`: UTF-16 indices, end exclusive, in order, apart from each other. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** A page that has what was searched for. */
export interface FoundPage {
  /** From 1. */
  readonly page: number;
  /** The passage on it that matches best. */
  readonly chunkId: number;
  readonly snippet: Snippet;
}

/** A document of which pages were found, the best first. */
export interface FoundDocument {
  readonly documentId: string;
  readonly title: string;
  readonly pageCount: number;
  readonly pages: readonly FoundPage[];
  /** All pages among the passages that were looked at, of which `pages` has the best. */
  readonly foundPages: number;
}

/** What a search found. */
export interface FoundDocuments {
  readonly documents: readonly FoundDocument[];
  /** Not every passage with the words was looked at, or not every document is told: there may be more. */
  readonly isCut: boolean;
}

/** Where on a page the words are that were searched for. */
export interface FoundPlace {
  readonly chunkId: number;
  readonly page: number;
  readonly boxes: readonly Box[];
  /** As those of a citation; empty with boxes. */
  readonly ranges: readonly PageRange[];
}

/** Documents that the person put together; one document can be in several. */
export interface Collection {
  readonly id: string;
  readonly name: string;
  readonly documentIds: readonly string[];
}

export interface Tag {
  readonly name: string;
  readonly documentIds: readonly string[];
}

/** How documents are kept; collections and tags by name. */
export interface Shelves {
  readonly collections: readonly Collection[];
  readonly tags: readonly Tag[];
  readonly favourites: readonly string[];
}

/** How long a document was in a state. */
export interface StageTime {
  readonly stage: DocumentState;
  /** Milliseconds since the epoch: when it first began, and when its latest stay ended; null while it lasts. */
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Milliseconds of all stays that ended. */
  readonly spent: number;
}

/** A numbered claim of support: `[n]` in an answer stands on this quote at this place. */
export interface Citation {
  /** The number in the text, from 1. */
  readonly number: number;
  readonly documentId: string;
  /** Null once the document was deleted. */
  readonly chunkId: number | null;
  readonly title: string;
  readonly page: number;
  readonly boxes: readonly Box[];
  /** Where its words stand in a text without boxes (.txt, .md); absent with boxes, and where it was not kept. */
  readonly ranges?: readonly PageRange[];
  /** All quoted words on one line: pieces that stand apart joined by ` … `, a long text cut with `…`. */
  readonly quote: string;
  /** True when its page's text was recognised with little certainty (see `DOUBTFUL_CONFIDENCE`). */
  readonly doubtful?: boolean;
}

/**
 * What its cited passages make of a sentence: they say it; they say only a part of it, or in other words than could be
 * matched; they do not say it, or say something else. `unjudged`: its numbers and names stand there, and more could not be
 * compared, because its language has no word lists.
 */
export type Verdict = 'supported' | 'partly' | 'unsupported' | 'unjudged';

/**
 * Why a verdict is what it is. Supported: `exact` and `near` by its words, `row` as a row of a table that is told with the
 * names of its columns, `meaning` by its likeness. Partly:
 * `words` (too few of them occur), `calculated` (a figure follows from others but stands nowhere). Unsupported:
 * `number`, `name` (one that no cited passage has), `contradicted` (the passage denies it or says the opposite), `words`. Unjudged:
 * `language`.
 */
export type VerdictReason =
  'exact' | 'row' | 'near' | 'meaning' | 'words' | 'calculated' | 'number' | 'name' | 'contradicted' | 'language';

/** A number or a name that stands in no cited passage, with its characters in the answer's text. */
export interface FlaggedSpan {
  readonly kind: 'number' | 'name';
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One sentence of an answer, checked against the passages that it cites. */
export interface SentenceVerification {
  /** Characters `start` (inclusive) to `end` (exclusive) of the answer's text, with the citation marks after it. */
  readonly start: number;
  readonly end: number;
  readonly verdict: Verdict;
  readonly reason: VerdictReason;
  /** Numbers of its citations; empty for an uncited sentence, which is told only when a number of it stands nowhere. */
  readonly citations: readonly number[];
  readonly flagged: readonly FlaggedSpan[];
  /** True when meaning would have mattered and could not be compared: the verdict rests on words alone. */
  readonly wordsAlone: boolean;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type MessageRole = 'user' | 'assistant';

/** `streaming` while it grows; `interrupted` when the app died or the stream broke off and a part was kept. */
export type MessageState = 'streaming' | 'complete' | 'stopped' | 'interrupted' | 'failed';

/** Where an answer came from, told under every answer. */
export interface AnswerSource {
  /** `extractive`: sentences of the documents themselves; nothing was generated, nothing left the machine. */
  readonly kind: 'extractive' | 'provider';
  readonly model: string | null;
  /** Host the passages were sent to; null when nothing was sent. */
  readonly host: string | null;
  readonly retrieval: RetrievalMode;
  /** Said in one sentence when retrieval could not use all it has (no embedder, vectors still being made). */
  readonly note: string | null;
}

export interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly role: MessageRole;
  readonly text: string;
  readonly state: MessageState;
  readonly citations: readonly Citation[];
  /** In the order of the text; empty for questions and for answers of before sentences were checked. */
  readonly verification: readonly SentenceVerification[];
  readonly source: AnswerSource | null;
  readonly usage: TokenUsage | null;
  readonly error: ErrorInfo | null;
  readonly createdAt: number;
}

/** What an answer took. */
export interface MessageFigures {
  /** Milliseconds from the question to its end. */
  readonly total: number;
  /** US dollars; null when no price is known. */
  readonly cost: number | null;
}

/** What a conversation asks. */
export interface ConversationScope {
  /** Documents it is limited to; empty, without a collection, means the whole library. Of a collection: those in it. */
  readonly documentIds: readonly string[];
  /** The collection it is limited to and follows: what is put in later is asked too. */
  readonly collectionId: string | null;
}

/** A question that is written and not asked yet. */
export interface KeptDraft {
  /** Null for the question that is to begin a conversation. */
  readonly conversationId: string | null;
  readonly text: string;
  /** What it is to ask; a conversation's own scope decides where it has one. */
  readonly scope: ConversationScope;
}

/** Characters of a draft that are kept. */
export const LONGEST_DRAFT = 30_000;

export interface ConversationSummary extends ConversationScope {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** In all branches. */
  readonly messageCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A message that a search found. */
export interface ConversationHit {
  readonly messageId: string;
  readonly snippet: Snippet;
}

export interface ListedConversation extends ConversationSummary {
  /** The newest messages that have all the words of the search; none when only the title has them. */
  readonly hits: readonly ConversationHit[];
}

export interface ConversationPage {
  readonly conversations: readonly ListedConversation[];
  /** All that there are, of which this is a page. */
  readonly total: number;
}
