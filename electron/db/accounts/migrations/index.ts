/** Migrations of the registry, in order, by the rules of the library's. */
import type { Migration } from '../../migrations/index.ts';
import { accounts } from './0001-accounts.ts';
import { mail } from './0002-mail.ts';
import { identities } from './0003-identities.ts';
import { localLimits } from './0004-local-limits.ts';
import { keys } from './0005-keys.ts';

export const registryMigrations: readonly Migration[] = [accounts, mail, identities, localLimits, keys];
