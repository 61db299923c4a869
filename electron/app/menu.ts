/** The native menu; its items send commands to the window, which has the same ones in its palette. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { EventMap } from '../../shared/events.ts';

type Command = EventMap['app.command']['command'];

export interface MenuOptions {
  /** Has the window carry out a command. */
  readonly send: (command: Command) => void;
  /** Opens the window's page anew: what helps where it shows nothing any more. */
  readonly reload: () => void;
}

export function installMenu({ send, reload }: MenuOptions): void {
  const item = (label: string, command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => send(command),
    // The window handles the keys itself; the menu only shows them.
    ...(accelerator ? { accelerator, registerAccelerator: false } : {}),
  });
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac
      ? [
          {
            label: app.name,
            submenu: [
              item('About Quire', 'show-about'),
              { type: 'separator' },
              item('Settings…', 'open-settings', 'CmdOrCtrl+,'),
              { type: 'separator' },
              { role: 'hide' },
              { role: 'hideOthers' },
              { type: 'separator' },
              { role: 'quit' },
            ],
          } satisfies MenuItemConstructorOptions,
        ]
      : []),
    {
      label: '&File',
      submenu: [
        item('Add Files…', 'add-files', 'CmdOrCtrl+O'),
        item('New Conversation', 'new-conversation', 'CmdOrCtrl+N'),
        { type: 'separator' },
        ...(isMac
          ? [{ role: 'close' as const }]
          : [
              item('Settings…', 'open-settings', 'CmdOrCtrl+,'),
              { type: 'separator' as const },
              { role: 'quit' as const },
            ]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        item('Search or Ask…', 'open-palette', 'CmdOrCtrl+K'),
        item('Find', 'find', 'CmdOrCtrl+F'),
        { type: 'separator' },
        item('Show or Hide Library', 'toggle-library', 'CmdOrCtrl+1'),
        item('Show or Hide Conversation', 'toggle-main', 'CmdOrCtrl+2'),
        item('Show or Hide Page', 'toggle-page', 'CmdOrCtrl+3'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { label: 'Reload Window', click: reload },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
    { label: '&Help', submenu: [item('About Quire', 'show-about')] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
