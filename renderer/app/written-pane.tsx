/** The middle of the window while it shows what was written; the text is the chat's, which the shell brings along. */
import { CitedText } from '../features/chat/cited-text.tsx';
import { PieceView } from '../features/written/piece-view.tsx';
import { WrittenList } from '../features/written/written-list.tsx';

export function WrittenPane({ pieceId }: { readonly pieceId: string | null }) {
  return pieceId === null ? <WrittenList /> : <PieceView key={pieceId} pieceId={pieceId} CitedText={CitedText} />;
}
