/** Diagnostics: whether the parts that Quire stands on work, what to do where they do not, and a report to copy. */
import { Check, CircleCheck, CircleX, Clipboard, LoaderCircle, RotateCw, Square, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { healthChecks, healthTitles, type HealthCheck, type HealthCheckId } from '../../../shared/health.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { request } from '../../ipc/client.ts';
import { stateWords, summaryWords } from './health-words.ts';
import { TabHead } from './tab.tsx';
import { useHealth, type HealthRow } from './use-health.ts';

export function DiagnosticsTab() {
  const { rows, run, runAll, stop } = useHealth();
  const isRunning = healthChecks.some((id) => rows[id].isRunning);
  return (
    <>
      <TabHead
        title="Diagnostics"
        note="Whether the parts that Quire stands on work. Nothing of your library is sent anywhere to find out."
      />
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 font-medium" role="status" data-testid="health-summary">
          {summaryWords(healthChecks.map((id) => rows[id]))}
        </p>
        {isRunning ? (
          <Button icon={<Square size={12} />} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button icon={<RotateCw size={14} />} onClick={runAll}>
            Check again
          </Button>
        )}
        <CopyReport disabled={isRunning} />
      </div>
      <ul className="mt-3 divide-y divide-line rounded-lg border border-line">
        {healthChecks.map((id) => (
          <Row key={id} id={id} row={rows[id]} onRun={() => run(id)} />
        ))}
      </ul>
      <p className="mt-2 text-label text-muted">
        The report has versions, states, numbers and codes of failures: no titles, file names or text of documents, no
        questions, no keys, and nothing that names you.
      </p>
    </>
  );
}

interface RowProps {
  readonly id: HealthCheckId;
  readonly row: HealthRow;
  readonly onRun: () => void;
}

function Row({ id, row: { check, isRunning, error }, onRun }: RowProps) {
  const title = healthTitles[id];
  const message = error?.message ?? check?.message ?? '';
  const hint = error?.hint ?? (check?.state === 'ok' ? '' : check?.hint);
  return (
    <li
      className="flex items-start gap-2.5 px-3 py-2"
      data-testid="health-check"
      data-check={id}
      data-state={isRunning ? 'running' : error ? 'failed' : (check?.state ?? 'unknown')}
      aria-busy={isRunning}
    >
      <span className="mt-0.5 shrink-0">{isRunning ? spinner : stateIcon(check, error !== null)}</span>
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-medium">{title}</span>
          <span className="text-label text-muted"> · {isRunning ? 'Checking…' : stateWords(check)}</span>
        </p>
        {isRunning && !message ? null : (
          <>
            <p className="break-words text-muted readable">{message}</p>
            {hint ? <p className="text-label break-words readable">{hint}</p> : null}
          </>
        )}
      </div>
      <IconButton label={`Check again: ${title}`} disabled={isRunning} onClick={onRun}>
        <RotateCw size={14} />
      </IconButton>
    </li>
  );
}

const spinner = <LoaderCircle size={16} className="animate-spin text-muted" aria-hidden="true" />;

function stateIcon(check: HealthCheck | null, hasFailed: boolean): ReactNode {
  if (hasFailed || check?.state === 'down') return <CircleX size={16} className="text-danger" aria-hidden="true" />;
  if (check?.state === 'degraded') return <TriangleAlert size={16} className="text-warning" aria-hidden="true" />;
  if (check?.state === 'ok') return <CircleCheck size={16} className="text-success" aria-hidden="true" />;
  return <span className="block size-4" />;
}

/** Milliseconds that the button says so. */
const copiedTime = 2_000;

function CopyReport({ disabled }: { readonly disabled: boolean }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), copiedTime);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      const { text } = await request('health.report', {});
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch (thrown) {
      showError(thrown);
    }
  };
  return (
    <Button
      disabled={disabled}
      icon={isCopied ? <Check size={14} /> : <Clipboard size={14} />}
      onClick={() => void copy()}
    >
      {isCopied ? 'Copied' : 'Copy report'}
    </Button>
  );
}
