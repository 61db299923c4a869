/** What is where, in numbers, and which files this computer has. */
import type { FilesPolicy } from '../../../../shared/files-policy.ts';
import type { PlacedFiles, SyncSizes } from '../../../../shared/sync-view.ts';
import { countOf, formatBytes } from '../../../components/format.ts';
import { InlineError } from '../../../components/inline-error.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { request } from '../../../ipc/client.ts';
import { Choice } from '../choice.tsx';
import { useSyncAnswer } from './use-sync-answer.ts';

const askSizes = () => request('sync.sizes', {});

/** @param syncedAt When a round last ended: then there is something else to tell. */
export function Placement({ syncedAt, hasBucket }: { readonly syncedAt: number | null; readonly hasBucket: boolean }) {
  const { value, error, take } = useSyncAnswer(askSizes, syncedAt);
  if (!value) return error ? <InlineError error={error} className="mt-5" /> : null;
  return (
    <section aria-label="What is where" className="mt-5" data-testid="sync-sizes">
      <h4 className="mb-1.5 text-label font-medium">What is where</h4>
      {error ? <InlineError error={error} className="mb-2" /> : null}
      <table className="w-full rounded-lg border border-line text-label tabular">
        <thead className="sr-only">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Documents</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rowsOf(value, hasBucket).map(({ what, documents, size }) => (
            <tr key={what}>
              <th scope="row" className="px-3 py-1.5 text-left font-normal">
                {what}
              </th>
              <td className="px-3 py-1.5 text-right whitespace-nowrap text-muted">{documents}</td>
              <td className="px-3 py-1.5 text-right whitespace-nowrap">{size}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasBucket ? (
        <Policy policy={value.policy} onChange={(policy) => void take(() => request('sync.setPolicy', { policy }))} />
      ) : null}
    </section>
  );
}

interface Row {
  readonly what: string;
  readonly documents: string;
  readonly size: string;
}

function rowsOf({ here, both, there, pinned, indexHere, indexThere }: SyncSizes, hasBucket: boolean): readonly Row[] {
  const files = (what: string, { documents, bytes }: PlacedFiles): Row => ({
    what,
    documents: countOf(documents, 'document'),
    size: formatBytes(bytes),
  });
  return [
    files('Files on this computer alone', here),
    ...(hasBucket
      ? [
          files('Files here and in your bucket', both),
          files('Files in your bucket alone', there),
          files('Kept here whatever the limit', pinned),
        ]
      : []),
    { what: 'Index on this computer', documents: '', size: formatBytes(indexHere) },
    {
      what: 'Index in your database',
      documents: '',
      size: indexThere === null ? 'not known' : formatBytes(indexThere),
    },
  ];
}

interface PolicyProps {
  readonly policy: FilesPolicy;
  readonly onChange: (policy: FilesPolicy) => void;
}

const limits = [
  { value: '1000000000', label: '1 GB' },
  { value: '5000000000', label: '5 GB' },
  { value: '20000000000', label: '20 GB' },
  { value: '100000000000', label: '100 GB' },
  { value: 'none', label: 'No limit' },
] as const;

function Policy({ policy, onChange }: PolicyProps) {
  return (
    <div className="mt-4">
      <h4 className="mb-1.5 text-label font-medium">Files of other computers</h4>
      <Choice
        label="Files of other computers"
        value={policy.files}
        onChange={(files) => onChange({ ...policy, files })}
        options={[
          { value: 'all', title: 'Bring them all here', note: 'Every page opens offline.' },
          {
            value: 'on-demand',
            title: 'Bring a file when I open it',
            note: 'Searching and asking work offline all the same; “Keep offline” brings a document’s file at once.',
          },
        ]}
      />
      <div className="mt-2.5 flex flex-wrap items-center gap-3">
        <span className="text-label">They may take</span>
        <Segmented
          label="Room for files of other computers"
          value={policy.limit === null ? 'none' : String(policy.limit)}
          options={limits}
          onChange={(limit) => onChange({ ...policy, limit: limit === 'none' ? null : Number(limit) })}
        />
      </div>
      <p className="mt-1 text-small text-muted">
        Beyond it those that were not opened for longest go from this computer; they stay in your bucket.
      </p>
    </div>
  );
}
