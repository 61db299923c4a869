/** Appearance and privacy. */
import { Monitor, Moon, Sun } from 'lucide-react';
import { useStatusStore } from '../../app/stores/status-store.ts';
import { useSyncStore } from '../../app/stores/sync-store.ts';
import { formatBytes } from '../../components/format.ts';
import { Segmented } from '../../components/segmented.tsx';
import { describeDestination } from './destination.ts';
import { TabHead, type TabProps } from './tab.tsx';

export function AppearanceTab({ view, update }: TabProps) {
  const { settings } = view;
  return (
    <>
      <TabHead title="Appearance" note="Pages keep their own colours." />
      <Segmented
        label="Theme"
        value={settings.theme}
        onChange={(theme) => void update({ ...settings, theme })}
        options={[
          { value: 'system', label: 'As the system', icon: <Monitor size={14} /> },
          { value: 'light', label: 'Light', icon: <Sun size={14} /> },
          { value: 'dark', label: 'Dark', icon: <Moon size={14} /> },
        ]}
      />
    </>
  );
}

export function PrivacyTab({ view }: TabProps) {
  const sent = useStatusStore((state) => state.status?.bytesSent ?? 0);
  const isSyncOn = useSyncStore((state) => state.status.state !== 'off');
  const { answers, embedder } = view.settings;
  const answersTo = answers.kind === 'provider' ? describeDestination(answers.baseUrl) : null;
  const vectorsTo = embedder.kind === 'built-in' ? null : describeDestination(embedder.baseUrl);
  const rows = [
    {
      what: 'Your documents',
      where: isSyncOn
        ? 'Are synced, with their texts, vectors and your conversations, through your own servers, named in Settings, Sync; sent nowhere else.'
        : 'Stay on this computer. Whole files are never sent.',
    },
    {
      what: 'Questions, and the passages found for them',
      where:
        answersTo && !answersTo.isThisComputer
          ? `Go to ${answersTo.host}.`
          : isSyncOn
            ? 'Go to no model.'
            : 'Stay on this computer.',
    },
    {
      what: 'The text of your passages, for search by meaning',
      where:
        vectorsTo && !vectorsTo.isThisComputer
          ? `Goes to ${vectorsTo.host}, once for each passage.`
          : isSyncOn
            ? 'Goes to no model.'
            : 'Stays on this computer.',
    },
    { what: 'Which languages of scans you download', where: 'Goes to the npm registry, when you ask for one.' },
    { what: 'Usage statistics, crash reports', where: 'There are none.' },
  ];
  return (
    <>
      <TabHead title="Privacy" note="What leaves this computer with the settings as they are, and where it goes." />
      <dl className="divide-y divide-line rounded-lg border border-line">
        {rows.map(({ what, where }) => (
          <div key={what} className="grid grid-cols-[1fr_1fr] gap-4 px-3 py-2.5">
            <dt className="font-medium">{what}</dt>
            <dd className="text-muted">{where}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-label text-muted">
        {isSyncOn ? 'Sent to models since Quire was started' : 'Sent since Quire was started'}:{' '}
        <span className="font-medium text-ink tabular">{sent === 0 ? 'nothing' : formatBytes(sent)}</span>.
      </p>
    </>
  );
}
