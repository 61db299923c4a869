/** The ledger of an open library: what weighs each call of a model, and what tells of them. */
import type { Database } from '../db/database.ts';
import { LOCAL_ACCOUNT, noLimits, type Limits } from '../../shared/accounts.ts';
import type { AppError } from '../../shared/errors.ts';
import type { CoreOptions } from './core-options.ts';
import { limitsUnknown } from './limit-words.ts';
import { Metering } from './metering.ts';
import { Usage, type UsageOptions } from './usage.ts';

export interface LedgerOptions extends Pick<UsageOptions, 'announce' | 'onLimitsChange'> {
  readonly database: Database;
  readonly account: Pick<CoreOptions, 'accountId' | 'administratorLimits'>;
  readonly onError: (error: AppError) => void;
}

export interface Ledger {
  readonly usage: Usage;
  readonly metering: Metering;
  /** Waits until the calls that were ended are settled; before the database is closed. */
  close(): Promise<void>;
}

export function createLedger({ account, ...options }: LedgerOptions): Ledger {
  const { accountId = LOCAL_ACCOUNT, administratorLimits: allowed = () => Promise.resolve(noLimits) } = account;
  const administratorLimits = async (): Promise<Limits> => {
    try {
      return await allowed();
    } catch (thrown) {
      throw limitsUnknown(thrown);
    }
  };
  const usage = new Usage({ ...options, administratorLimits });
  const { database, onError } = options;
  const metering = new Metering({
    ...{ database, accountId, administratorLimits, onError },
    onChange: () => usage.changed(),
  });
  return {
    usage,
    metering,
    async close() {
      await metering.settled();
      await usage.close();
    },
  };
}
