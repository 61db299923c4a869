/** What this is, and which version. */
import { Stethoscope } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { AppInfo } from '../../shared/requests/app.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Logo } from '../components/logo.tsx';
import { request } from '../ipc/client.ts';
import { showError } from './stores/toast-store.ts';
import { openSettings } from './stores/workspace-store.ts';

export function AboutDialog({ onClose }: { readonly onClose: () => void }) {
  const [info, setInfo] = useState<AppInfo | null>(null);
  useEffect(() => {
    request('app.getInfo', {}).then(setInfo, showError);
  }, []);
  return (
    <Dialog open onClose={onClose} title="About Quire" testId="about-dialog">
      <div className="flex flex-col items-center px-6 pt-4 pb-7 text-center">
        <Logo size={56} />
        <p className="mt-3 text-display font-semibold tracking-tight">Quire {info?.version}</p>
        <p className="mt-1 max-w-[40ch] text-muted">
          Talk with your own PDFs: offline, with citations to the page and the exact place on it.
        </p>
        {info ? (
          <p className="mt-4 text-small text-faint tabular readable">
            Electron {info.electron} · Chromium {info.chromium} · {info.platform}
          </p>
        ) : null}
        <p className="mt-1 text-small text-faint">MIT licence</p>
        <Button className="mt-4" icon={<Stethoscope size={14} />} onClick={() => openSettings('diagnostics')}>
          Diagnostics
        </Button>
      </div>
    </Dialog>
  );
}
