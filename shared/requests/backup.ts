/** Requests about the library as a whole: where it lies, its backups, and what a restore put aside. */
import { z } from 'zod';
import type { ErrorInfo } from '../errors.ts';
import { define } from './define.ts';

/** What is in a backup, as its manifest tells. */
export interface BackupSummary {
  readonly fileName: string;
  /** Bytes of the file, and of all that is in it. */
  readonly fileBytes: number;
  readonly libraryBytes: number;
  /** Opens with the password or the recovery code of the library that it is of. */
  readonly isEncrypted: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly appVersion: string;
  readonly counts: {
    readonly documents: number;
    readonly conversations: number;
    readonly messages: number;
    readonly vectors: number;
  };
  readonly embedder: { readonly kind: string; readonly model: string } | null;
  /** Hosts that the settings in it send text to. */
  readonly sendsTo: readonly string[];
  /** Folders that are watched in it; a restore pauses them. */
  readonly watchedFolders: number;
  /** Originals that the library itself lacked, or had with other bytes than once were stored. */
  readonly missingOriginals: number;
  readonly alteredOriginals: number;
}

/** What making, checking or restoring a backup is at. */
export type BackupStage = 'snapshot' | 'writing' | 'checking' | 'unpacking' | 'examining' | 'replacing';

export interface BackupProgress {
  readonly stage: BackupStage;
  /** Bytes; 0 of 0 where they can't be counted. */
  readonly done: number;
  readonly total: number;
}

export interface BackupTask extends BackupProgress {
  readonly kind: 'backup' | 'verify' | 'restore';
  readonly fileName: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Of this stage, from its rate so far; null while unknown. */
  readonly secondsLeft: number | null;
  /** Of a backup that was made or checked; null, too, of an encrypted one of another library. */
  readonly summary: BackupSummary | null;
  /** Of a check: one sentence for each entry that is not as it was written; the first hundred. */
  readonly problems: readonly string[];
  /** Of a restore: one sentence for each thing that was repaired, or that the library lacked when it was backed up. */
  readonly notes: readonly string[];
  readonly error: ErrorInfo | null;
}

/** A library that a restore put aside. */
export interface KeptLibrary {
  /** The name of its folder. */
  readonly name: string;
  /** Milliseconds since the epoch: when it was put aside. */
  readonly keptAt: number;
  readonly bytes: number;
}

export interface LibraryOverview {
  /** Bytes. */
  readonly database: number;
  readonly originals: number;
  readonly thumbnails: number;
  /** Of the disk that the library is on; null when the system does not tell. */
  readonly free: number | null;
  readonly counts: { readonly documents: number; readonly conversations: number };
  readonly lastBackup: { readonly at: number; readonly fileName: string; readonly bytes: number } | null;
  /** Newest first. */
  readonly kept: readonly KeptLibrary[];
}

/** A backup that was chosen to be restored; nothing is changed yet. */
export interface RestorePlan {
  readonly planId: string;
  readonly fileName: string;
  /** Null of an encrypted backup that is still to be unlocked. */
  readonly backup: BackupSummary | null;
  /** Whether the library that is open is encrypted: what is restored is then, too, with the same password. */
  readonly becomesEncrypted: boolean;
}

const name = z.string().max(100);
/** A password or a recovery code. */
const secret = z.string().min(1).max(1_000);

export const backupRequests = {
  'backup.getOverview': define(z.object({}))<LibraryOverview>(),
  /** The one that runs, or the last that ended. */
  'backup.getTask': define(z.object({}))<BackupTask | null>(),
  /** Asks where to, then begins; false when the dialog was dismissed. How it goes is told by `backup.changed`. */
  'backup.create': define(z.object({}))<boolean>(),
  /** Asks for a backup, then checks every hash in it; false when the dialog was dismissed. */
  'backup.verify': define(z.object({}))<boolean>(),
  /** Asks for a backup and reads what is in it; null when the dialog was dismissed. */
  'backup.chooseRestore': define(z.object({}))<RestorePlan | null>(),
  /**
   * Opens an encrypted backup with the password or the recovery code of the library that it is of.
   * Errors: `wrong-credentials`, `keys-damaged`.
   */
  'backup.unlock': define(z.object({ planId: z.uuid(), secret }))<RestorePlan>(),
  /** Unpacks and checks what was chosen beside the library, then puts it in the library's place. */
  'backup.restore': define(z.object({ planId: z.uuid() }))<null>(),
  'backup.cancel': define(z.object({}))<null>(),
  /** Forgets a task that has ended. */
  'backup.dismiss': define(z.object({}))<null>(),
  /**
   * Puts a kept library in the library's place, which is kept in turn. Errors: `wrong-key` for one that needs a password or
   * a recovery code of its own, `wrong-credentials`.
   */
  'backup.putBack': define(z.object({ name, secret: secret.nullable().default(null) }))<null>(),
  'backup.deleteKept': define(z.object({ name }))<null>(),
};
