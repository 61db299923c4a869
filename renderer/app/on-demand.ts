/** The parts of the window whose code is fetched when they are first needed. */
import { loadOnDemand } from '../components/load-on-demand.tsx';

export const PagePane = loadOnDemand(async () => (await import('../features/viewer/page-pane.tsx')).PagePane);
export const ConversationView = loadOnDemand(
  async () => (await import('../features/chat/conversation-view.tsx')).ConversationView,
);
export const Palette = loadOnDemand(async () => (await import('./palette.tsx')).Palette);
export const SettingsDialog = loadOnDemand(
  async () => (await import('../features/settings/settings-dialog.tsx')).SettingsDialog,
);
export const TraceDialog = loadOnDemand(async () => (await import('../features/chat/trace-dialog.tsx')).TraceDialog);
export const SearchView = loadOnDemand(async () => (await import('../features/search/search-view.tsx')).SearchView);
export const ImportStatus = loadOnDemand(async () => (await import('./import-status.tsx')).ImportStatus);
export const WrittenPane = loadOnDemand(async () => (await import('./written-pane.tsx')).WrittenPane);
export const WriteDialog = loadOnDemand(async () => (await import('../features/written/write-dialog.tsx')).WriteDialog);
export const UsageView = loadOnDemand(async () => (await import('../features/usage/usage-view.tsx')).UsageView);
export const AboutDialog = loadOnDemand(async () => (await import('./about-dialog.tsx')).AboutDialog);
export const SessionGate = loadOnDemand(
  async () => (await import('../features/accounts/session-gate.tsx')).SessionGate,
);
export const AccountDialog = loadOnDemand(
  async () => (await import('../features/accounts/account-dialog.tsx')).AccountDialog,
);
export const LibraryDialogs = loadOnDemand(
  async () => (await import('../features/library/library-dialogs.tsx')).LibraryDialogs,
);
