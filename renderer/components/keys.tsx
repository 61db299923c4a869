/** A shortcut, printed as keys. */
import { isMac } from './platform.ts';
import { shortcutKeys } from './shortcut-text.ts';

export function Keys({ shortcut }: { readonly shortcut: string }) {
  return (
    <kbd className="inline-flex gap-0.5 font-sans text-micro text-faint tabular">
      {shortcutKeys(shortcut, isMac).map((key) => (
        <span key={key} className="min-w-4 rounded border border-line px-1 text-center">
          {key}
        </span>
      ))}
    </kbd>
  );
}
