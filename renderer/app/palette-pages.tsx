/** The palette's lines about the text of documents: the best pages, and the way to all of them. */
import { Command } from 'cmdk';
import { FileSearch, TextSearch } from 'lucide-react';
import { MarkedText } from '../components/marked-text.tsx';
import { openFound } from './open-found.ts';
import { PaletteItem } from './palette-item.tsx';
import { showSearch } from './stores/workspace-store.ts';
import { useFoundPages } from './use-found-pages.ts';

export type Pick = (run: () => void) => () => void;

export const groupClass =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint';

/** Documents, and pages of each: a taste; the view of results has the rest. */
const limits = { limit: 4, pagesEach: 2 };

export function FoundInDocuments({ typed, pick }: { readonly typed: string; readonly pick: Pick }) {
  const { documents, query } = useFoundPages(typed, limits);
  if (documents.length === 0) return null;
  return (
    <Command.Group heading="In your documents" className={groupClass} data-testid="palette-pages">
      {documents.flatMap((found) =>
        found.pages.map(({ page, chunkId, snippet }) => (
          <PaletteItem
            key={chunkId}
            tall
            value={`page ${chunkId}`}
            icon={<FileSearch size={15} />}
            onSelect={pick(() => void openFound(query, found, chunkId))}
          >
            <span className="min-w-0 flex-1">
              <span className="flex gap-2">
                <span className="truncate">{found.title}</span>
                <span className="shrink-0 text-small leading-5 text-muted tabular">p. {page.toLocaleString('en')}</span>
              </span>
              <span className="block truncate text-label text-muted">
                <MarkedText snippet={snippet} />
              </span>
            </span>
          </PaletteItem>
        )),
      )}
      <PaletteItem value="all pages" icon={<TextSearch size={15} />} onSelect={pick(() => showSearch(typed.trim()))}>
        <span className="truncate">
          All pages with <span className="font-medium">{typed.trim()}</span>
        </span>
      </PaletteItem>
    </Command.Group>
  );
}
