/** The settings, in tabs. Every change holds at once, but for a server: that has to answer first. */
import { Tabs } from 'radix-ui';
import {
  ChartColumn,
  CloudCog,
  FolderClosed,
  FolderSync,
  IdCard,
  Mail,
  MessageSquareText,
  Palette,
  ScanText,
  Search,
  Shield,
  Stethoscope,
  UserRound,
  X,
} from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { signedInAccount, useSessionStore } from '../../app/stores/session-store.ts';
import { openSettings, useWorkspaceStore, type SettingsTab } from '../../app/stores/workspace-store.ts';
import { Dialog } from '../../components/dialog.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { AccountTab } from './account-tab.tsx';
import { AnswersTab } from './answers-tab.tsx';
import { DiagnosticsTab } from './diagnostics-tab.tsx';
import { EmbedderTab } from './embedder-tab.tsx';
import { FoldersTab } from './folders-tab.tsx';
import { AppearanceTab, PrivacyTab } from './general-tabs.tsx';
import { LibraryTab } from './library-tab.tsx';
import { MailTab } from './mail-tab.tsx';
import { ProvidersTab } from './providers-tab.tsx';
import { ScansTab } from './scans-tab.tsx';
import { SyncTab } from './sync/sync-tab.tsx';
import type { TabProps } from './tab.tsx';
import { UsageTab } from './usage-tab.tsx';
import { useSettings } from './use-settings.ts';

interface Tab {
  readonly id: SettingsTab;
  readonly label: string;
  readonly icon: ReactNode;
  /** Null for the one that needs no settings, and shows also while they can't be read. */
  readonly Content: ComponentType<TabProps> | null;
  /** Others do not see it. */
  readonly isForAdministrator?: boolean;
}

const tabs: readonly Tab[] = [
  { id: 'answers', label: 'Answers', icon: <MessageSquareText size={15} />, Content: AnswersTab },
  { id: 'search', label: 'Search', icon: <Search size={15} />, Content: EmbedderTab },
  { id: 'scans', label: 'Scans', icon: <ScanText size={15} />, Content: ScansTab },
  { id: 'appearance', label: 'Appearance', icon: <Palette size={15} />, Content: AppearanceTab },
  { id: 'folders', label: 'Watched folders', icon: <FolderSync size={15} />, Content: FoldersTab },
  { id: 'library', label: 'Library', icon: <FolderClosed size={15} />, Content: LibraryTab },
  { id: 'sync', label: 'Sync', icon: <CloudCog size={15} />, Content: SyncTab },
  { id: 'usage', label: 'Usage and limits', icon: <ChartColumn size={15} />, Content: UsageTab },
  { id: 'privacy', label: 'Privacy', icon: <Shield size={15} />, Content: PrivacyTab },
  { id: 'account', label: 'Account', icon: <UserRound size={15} />, Content: AccountTab },
  {
    id: 'providers',
    label: 'Sign-in providers',
    icon: <IdCard size={15} />,
    Content: ProvidersTab,
    isForAdministrator: true,
  },
  { id: 'mail', label: 'Mail server', icon: <Mail size={15} />, Content: MailTab, isForAdministrator: true },
  { id: 'diagnostics', label: 'Diagnostics', icon: <Stethoscope size={15} />, Content: null },
];

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { view, error, update, setKey, cancelEmbedderChange } = useSettings();
  const tab = useWorkspaceStore((state) => state.settingsTab);
  const isAdministrator = useSessionStore((state) => signedInAccount(state)?.isAdministrator ?? false);
  const shownTabs = tabs.filter(({ isForAdministrator = false }) => isAdministrator || !isForAdministrator);
  return (
    <Dialog
      open
      head={false}
      onClose={onClose}
      title="Settings"
      testId="settings-dialog"
      className="top-[8vh] h-[min(600px,84vh)] max-h-none w-[min(760px,calc(100vw-32px))]"
    >
      <Tabs.Root
        value={tab}
        onValueChange={(next) => openSettings(next as SettingsTab)}
        orientation="vertical"
        className="flex min-h-0 flex-1"
      >
        <div className="w-44 shrink-0 border-r border-line bg-canvas p-2">
          <h2 className="px-2 pt-2 pb-2 text-reading font-semibold">Settings</h2>
          <Tabs.List aria-label="Settings" className="flex flex-col">
            {shownTabs.map(({ id, label, icon }) => (
              <Tabs.Trigger
                key={id}
                value={id}
                className="flex h-7 items-center gap-2 rounded-md px-2 text-left text-muted hover:bg-hover data-[state=active]:bg-pressed data-[state=active]:font-medium data-[state=active]:text-ink"
              >
                {icon}
                {label}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </div>
        <div className="relative min-w-0 flex-1">
          <button
            type="button"
            aria-label="Close settings"
            onClick={onClose}
            className="absolute top-3 right-3 z-10 flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
          >
            <X size={16} />
          </button>
          {error ? <InlineError error={error} className="mx-6 mt-12" /> : null}
          {shownTabs.map(({ id, Content }) =>
            Content && !view ? null : (
              <Tabs.Content
                key={id}
                value={id}
                className="h-full overflow-y-auto px-6 pt-5 pb-6 focus-visible:-outline-offset-2"
              >
                <div className="pr-6">
                  {Content && view ? (
                    <Content view={view} update={update} setKey={setKey} cancelEmbedderChange={cancelEmbedderChange} />
                  ) : (
                    <DiagnosticsTab />
                  )}
                </div>
              </Tabs.Content>
            ),
          )}
        </div>
      </Tabs.Root>
    </Dialog>
  );
}
