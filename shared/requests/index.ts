/** Every request that the renderer may make, by name (`domain.verbNoun`). The router refuses all others. */
import type { z } from 'zod';
import type { ErrorInfo } from '../errors.ts';
import { accountRequests } from './accounts.ts';
import { appRequests } from './app.ts';
import { backupRequests } from './backup.ts';
import { chatRequests } from './chat.ts';
import { folderRequests } from './folders.ts';
import { healthRequests } from './health.ts';
import { identityRequests } from './identities.ts';
import { importRequests } from './imports.ts';
import { libraryRequests } from './library.ts';
import { mailRequests } from './mail.ts';
import { recognitionRequests } from './recognition.ts';
import { remoteRequests } from './remotes.ts';
import { shelfRequests } from './shelves.ts';
import { settingsRequests } from './settings.ts';
import { syncRequests } from './sync.ts';
import { usageRequests } from './usage.ts';
import { viewerRequests } from './viewer.ts';
import { writtenRequests } from './written.ts';

export const requests = {
  ...accountRequests,
  ...mailRequests,
  ...identityRequests,
  ...libraryRequests,
  ...importRequests,
  ...folderRequests,
  ...healthRequests,
  ...recognitionRequests,
  ...remoteRequests,
  ...shelfRequests,
  ...chatRequests,
  ...settingsRequests,
  ...appRequests,
  ...backupRequests,
  ...syncRequests,
  ...usageRequests,
  ...viewerRequests,
  ...writtenRequests,
};

export type RequestName = keyof typeof requests;
/** What a caller passes (defaults may be left out). */
export type RequestInput<Name extends RequestName> = z.input<(typeof requests)[Name]['params']>;
/** What a handler gets (parsed, defaults filled in). */
export type RequestParams<Name extends RequestName> = z.output<(typeof requests)[Name]['params']>;
export type RequestResult<Name extends RequestName> =
  NonNullable<(typeof requests)[Name]['result']> extends never
    ? null
    : Exclude<(typeof requests)[Name]['result'], undefined>;

/** What crosses IPC as the answer to a request. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorInfo };
