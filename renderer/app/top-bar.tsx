/** The bar at the top: the panes' switches, the field that finds everything, theme, settings and account. */
import { Moon, PanelLeft, PanelRight, Search, Settings2, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { IconButton } from '../components/button.tsx';
import { Keys } from '../components/keys.tsx';
import { Logo } from '../components/logo.tsx';
import { AccountMenu } from './account-menu.tsx';
import { toggleTheme } from './actions.tsx';
import { openDialog, setPaletteOpen, togglePane, useWorkspaceStore } from './stores/workspace-store.ts';
import { isDark } from './theme.ts';

export function TopBar() {
  const panes = useWorkspaceStore((state) => state.panes);
  const hasTarget = useWorkspaceStore((state) => state.target !== null);
  const dark = useIsDark();
  return (
    <header className="grid h-11 shrink-0 grid-cols-[1fr_minmax(160px,440px)_1fr] items-center gap-3 border-b border-line bg-canvas px-2">
      <div className="flex items-center gap-1.5">
        <IconButton
          label={panes.sidebar ? 'Hide sidebar' : 'Show sidebar'}
          shortcut="mod+1"
          aria-expanded={panes.sidebar}
          onClick={() => togglePane('sidebar')}
        >
          <PanelLeft size={16} />
        </IconButton>
        <span className="ml-1 flex items-center gap-1.5 text-reading font-semibold tracking-tight">
          <Logo />
          Quire
        </span>
      </div>
      <button
        type="button"
        data-testid="open-palette"
        aria-haspopup="dialog"
        onClick={() => setPaletteOpen(true)}
        className="flex h-7 items-center gap-2 rounded-md border border-line bg-surface px-2 text-faint transition-colors duration-100 hover:border-line-strong hover:text-muted"
      >
        <Search size={14} className="shrink-0" aria-hidden="true" />
        <span className="flex-1 truncate text-left">Search or ask anything…</span>
        <Keys shortcut="mod+k" />
      </button>
      <div className="flex items-center justify-end gap-0.5">
        <IconButton label={dark ? 'Light theme' : 'Dark theme'} onClick={() => void toggleTheme()}>
          {dark ? <Sun size={16} /> : <Moon size={16} />}
        </IconButton>
        <IconButton
          label="Settings"
          shortcut="mod+,"
          onClick={() => openDialog('settings')}
          data-testid="open-settings"
        >
          <Settings2 size={16} />
        </IconButton>
        <AccountMenu />
        <IconButton
          label={panes.page ? 'Hide page' : 'Show page'}
          shortcut="mod+3"
          aria-expanded={panes.page}
          disabled={!hasTarget}
          onClick={() => togglePane('page')}
        >
          <PanelRight size={16} />
        </IconButton>
      </div>
    </header>
  );
}

/** Follows both the choice and, where that is the system's, the system. */
function useIsDark(): boolean {
  return useSyncExternalStore((onChange) => {
    const observer = new MutationObserver(onChange);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const list = matchMedia('(prefers-color-scheme: dark)');
    list.addEventListener('change', onChange);
    return () => {
      observer.disconnect();
      list.removeEventListener('change', onChange);
    };
  }, isDark);
}
