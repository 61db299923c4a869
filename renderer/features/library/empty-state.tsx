/** What an empty library teaches, in one sentence and one picture. */
import { FilePlus2, FolderPlus } from 'lucide-react';
import { chooseFiles } from '../../app/stores/add-documents.ts';
import { Button } from '../../components/button.tsx';

export function EmptyState() {
  return (
    <div data-testid="empty-state" className="flex h-full flex-col items-center justify-center px-8 pb-10 text-center">
      <Picture />
      <h1 className="mt-6 text-display font-semibold tracking-tight">Drop PDFs here. They stay on this computer.</h1>
      <p className="mt-2 max-w-[46ch] text-reading text-muted">
        Then ask about them: every answer shows the page, and the very lines, that it stands on.
      </p>
      <div className="mt-6 flex gap-2">
        <Button tone="primary" className="h-8 px-3.5" icon={<FilePlus2 size={15} />} onClick={() => void chooseFiles()}>
          Choose files…
        </Button>
        <Button className="h-8 px-3.5" icon={<FolderPlus size={15} />} onClick={() => void chooseFiles(true)}>
          Choose a folder…
        </Button>
      </div>
    </div>
  );
}

/** A sheet with a marked passage, coming to rest on a stack. */
function Picture() {
  const lines = [34, 46, 40, 44, 28, 45, 38];
  return (
    <svg width="208" height="164" viewBox="0 0 208 164" fill="none" aria-hidden="true">
      <ellipse cx="104" cy="152" rx="70" ry="6" className="fill-sunken" />
      <g className="stroke-line-strong" strokeWidth="1.25">
        <rect x="44" y="46" width="84" height="104" rx="6" transform="rotate(-9 86 98)" className="fill-surface" />
        <rect x="82" y="46" width="84" height="104" rx="6" transform="rotate(7 124 98)" className="fill-surface" />
        <rect x="62" y="30" width="84" height="112" rx="6" className="fill-raised" />
      </g>
      <rect x="74" y="44" width="38" height="5" rx="2.5" className="fill-muted" />
      {lines.map((width, index) => (
        <rect
          key={index}
          x="74"
          y={60 + index * 10}
          width={width + 14}
          height="3.5"
          rx="1.75"
          className="fill-line-strong"
        />
      ))}
      <rect x="71" y="87" width="66" height="19.5" rx="3" fill="var(--marker)" />
      <circle cx="146" cy="30" r="14" className="fill-accent" />
      <path
        d="M146 23.5v13m0 0-5.2-5.2m5.2 5.2 5.2-5.2"
        className="stroke-on-accent"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
