/** Handlers of backups: dialogs here, the work in `core/backups.ts`. */
import type { Backups } from '../../core/backups.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';
import { localDay } from './local-day.ts';

type BackupHandlers = Pick<Handlers, Extract<keyof Handlers, `backup.${string}`>>;

export function backupHandlers(backups: Backups, desktop: Desktop): BackupHandlers {
  return {
    'backup.getOverview': () => backups.overview(),
    'backup.getTask': () => Promise.resolve(backups.task),
    'backup.create': async () => {
      const file = await desktop.chooseBackupTarget(`Quire library ${localDay(Date.now())}.zip`);
      if (file !== null) backups.create(file);
      return file !== null;
    },
    'backup.verify': async () => {
      const file = await desktop.chooseBackup();
      if (file !== null) backups.verify(file);
      return file !== null;
    },
    'backup.chooseRestore': async () => {
      const file = await desktop.chooseBackup();
      return file === null ? null : backups.plan(file);
    },
    'backup.unlock': ({ planId, secret }) => backups.unlock(planId, secret),
    'backup.restore': ({ planId }) => {
      backups.restore(planId);
      return Promise.resolve(null);
    },
    'backup.cancel': () => {
      backups.cancel();
      return Promise.resolve(null);
    },
    'backup.dismiss': () => {
      backups.dismiss();
      return Promise.resolve(null);
    },
    'backup.putBack': async ({ name, secret }) => {
      await backups.putBack(name, secret);
      return null;
    },
    'backup.deleteKept': async ({ name }) => {
      await backups.deleteKept(name);
      return null;
    },
  };
}
