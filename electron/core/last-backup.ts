/** When the library was last backed up: kept in the library itself. */
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { BackupSummary, LibraryOverview } from '../../shared/requests/backup.ts';

const KEY = 'last-backup';
const schema = z.object({ at: z.number(), fileName: z.string(), bytes: z.number() });

export async function recordBackup(
  database: Database,
  { createdAt, fileName, fileBytes }: BackupSummary,
): Promise<void> {
  await database.settings.set(KEY, { at: createdAt, fileName, bytes: fileBytes });
}

export async function readLastBackup(database: Database): Promise<LibraryOverview['lastBackup']> {
  return schema.safeParse(await database.settings.get(KEY)).data ?? null;
}
