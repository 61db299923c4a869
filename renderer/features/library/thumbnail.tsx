/** A document's first page: the real one, or a drawn sheet until (or unless) there is one. */
import { FileWarning } from 'lucide-react';
import { useState } from 'react';
import type { DocumentSummary } from '../../../shared/domain.ts';
import { classNames } from '../../components/class-names.ts';
import { thumbnailUrl } from '../../ipc/client.ts';

const lineWidths = ['72%', '94%', '88%', '91%', '64%', '93%', '85%', '90%', '47%'];

export function Thumbnail({ document }: { readonly document: DocumentSummary }) {
  const [isBroken, setIsBroken] = useState(false);
  const hasImage = document.hasThumbnail && !isBroken;
  const isFailed = document.state === 'failed';
  return (
    <div className="@container size-full overflow-hidden rounded-[5px] bg-white shadow-page">
      {hasImage ? (
        <img
          src={thumbnailUrl(document.contentHash)}
          alt=""
          decoding="async"
          draggable={false}
          onError={() => setIsBroken(true)}
          className={classNames('size-full object-cover object-top', isFailed && 'opacity-40 saturate-0')}
        />
      ) : (
        <DrawnSheet format={document.format} isFailed={isFailed} />
      )}
    </div>
  );
}

function DrawnSheet({ format, isFailed }: { readonly format: DocumentSummary['format']; readonly isFailed: boolean }) {
  const label = { pdf: 'PDF', text: 'TXT', markdown: 'MD' }[format];
  return (
    <div className="relative flex size-full flex-col gap-[6.5%] bg-raised p-[14%]" aria-hidden="true">
      {lineWidths.map((width, index) => (
        <div
          key={width}
          className={classNames('rounded-full bg-sunken', index === 0 ? 'mb-[5%] h-[4%]' : 'h-[2.4%]')}
          style={{ width }}
        />
      ))}
      {isFailed ? (
        <FileWarning size={28} strokeWidth={1.5} className="absolute inset-0 m-auto max-w-[60%] text-danger" />
      ) : (
        <span className="absolute right-[9%] bottom-[6%] text-micro font-semibold tracking-wide text-faint @max-[60px]:hidden">
          {label}
        </span>
      )}
    </div>
  );
}
