/** Names a written piece by what it is and what it is about. Pure. */
import type { PieceKind, PieceSelection } from '../../../shared/written.ts';
import { conversationTitle } from '../title.ts';

const names: Readonly<Record<Exclude<PieceKind, 'prompt'>, string>> = {
  summary: 'Summary of',
  'key-points': 'Key points of',
  outline: 'Outline of',
  questions: 'Questions about',
  figures: 'Figures of',
};

/** Characters. */
const longestTitle = 120;

export interface TitledRequest {
  readonly kind: PieceKind;
  readonly prompt: string | null;
  readonly selection: PieceSelection | null;
}

/** `Summary of Annual report 2022`, `Key points of p. 4 of …`, `Figures of Annual report 2022 and 2 more`. */
export function pieceTitle({ kind, prompt, selection }: TitledRequest, documentTitles: readonly string[]): string {
  const [first = 'documents', ...others] = documentTitles;
  const documents = others.length > 0 ? `${first} and ${others.length} more` : first;
  const pages = selection && pagesText(selection);
  const about = pages === null ? documents : `${pages} of ${documents}`;
  const title = kind === 'prompt' ? `${conversationTitle(prompt ?? '')}: ${about}` : `${names[kind]} ${about}`;
  return title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 1).trimEnd()}…`;
}

function pagesText({ firstPage, lastPage }: PieceSelection): string {
  return firstPage === lastPage ? `p. ${firstPage}` : `pp. ${firstPage}–${lastPage}`;
}
