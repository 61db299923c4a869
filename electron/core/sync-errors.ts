/** What keeps a library from being synced, and what to do about it. */
import { AppError } from '../../shared/errors.ts';

export function isOff(): AppError {
  return new AppError('remote-not-configured', 'Sync is off.', { hint: 'Turn it on in Settings, Sync.' });
}

export function notAllDeleted(left: readonly (readonly [string, number])[]): AppError {
  const what = left.map(([table, count]) => `${count} in ${table}`).join(', ');
  return new AppError('deletion-incomplete', `Deleted there, but the check after it found ${what}.`, {
    hint: 'Another computer may have been sending: end Quire there, then delete again.',
  });
}

export function onlyThere(documents: number): AppError {
  return new AppError('forbidden', `The files of ${documents} documents are in the bucket alone, and would be lost.`, {
    hint: 'Have all files kept on this computer (Files, above), let it sync, then delete the library there.',
  });
}

export function needsAccount(): AppError {
  return new AppError(
    'forbidden',
    'Sync belongs to an account: your other computers know you by its e-mail and password.',
    {
      hint: 'Create one on this computer (it can take this library along), then turn sync on.',
    },
  );
}

/** A backup was restored: nobody knows what was sent of it since it was made. */
export function restored(): AppError {
  return new AppError('remote-not-configured', 'This library was restored from a backup, and is not synced since.', {
    hint: 'Turn sync on again in Settings, Sync: it meets what is there, and what was deleted since the backup goes again.',
  });
}

export function otherDatabase(): AppError {
  return new AppError(
    'remote-not-configured',
    'Another database is named now than the one that this library was synced with.',
    {
      hint: 'Turn sync on again in Settings, Sync: everything here is sent there.',
    },
  );
}

/** For a library whose deletion is asked for: who asks shall not be told that nothing is left where nothing ever was. */
export function notSyncedThere(): AppError {
  return new AppError(
    'remote-not-configured',
    'Another database is named now than the one that this library lies in, which can’t be asked.',
    { hint: 'Name that one again in Settings, Sync, then delete the library there.' },
  );
}

export function keyMissing(): AppError {
  return new AppError('remote-unauthorized', 'The key of your library in the database is no longer on this computer.', {
    hint: 'Turn sync on again in Settings, Sync, with your password.',
  });
}

export function noDatabase(): AppError {
  return new AppError('remote-not-configured', 'No database is named that this library could be synced through.', {
    hint: 'Name one in Settings, Sync.',
  });
}

/** Some of it may be gone: what is there is no library to sync with any more. */
export function halfDeleted(): AppError {
  return new AppError('deletion-incomplete', 'Deleting the library on your servers was begun, and did not end.', {
    hint: 'Delete it there again: Turn sync off…, then Delete the library there…. Nothing is synced until then.',
  });
}
