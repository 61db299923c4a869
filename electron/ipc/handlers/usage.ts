/** Handlers of the ledger, its limits and its prices. */
import type { Core } from '../../core/core.ts';
import { csvHead, csvLine } from '../../pipeline/usage-csv.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';
import { localDay } from './local-day.ts';

type UsageHandlers = Pick<Handlers, Extract<keyof Handlers, `usage.${string}`>>;

/** Calls that are read and written at once. */
const CALLS_A_SLICE = 500;

export function usageHandlers({ usage }: Pick<Core, 'usage'>, desktop: Desktop): UsageHandlers {
  return {
    'usage.summary': ({ by, ...span }) => usage.summary(span, by),
    'usage.calls': ({ limit, offset, ...span }) => usage.calls(span, { limit, offset }),
    'usage.budget': () => usage.budget(),
    'usage.setLimits': ({ limits, countsLocal }) => usage.setLimits(limits, countsLocal),
    'usage.dismissWarning': async () => {
      await usage.dismissWarning();
      return null;
    },
    'usage.prices': () => usage.prices(),
    'usage.setPrices': ({ prices }) => usage.setPrices(prices),
    'usage.exportCsv': ({ from, to }) =>
      desktop.saveFile({
        fileName: `Usage ${localDay(from)} to ${localDay(Math.min(to, Date.now()) - 1)}.csv`,
        kind: { extension: 'csv', name: 'CSV' },
        make: () => csvOf(usage, { from, to: Math.min(to, Date.now()) }),
      }),
  };
}

/** @param span Ends now at the latest, so that a call that is made meanwhile moves nothing. */
async function csvOf(usage: Core['usage'], span: { readonly from: number; readonly to: number }): Promise<string> {
  const slices = [csvHead];
  for (let offset = 0; ; offset += CALLS_A_SLICE) {
    const { calls } = await usage.calls(span, { limit: CALLS_A_SLICE, offset });
    slices.push(calls.map(csvLine).join(''));
    if (calls.length < CALLS_A_SLICE) return slices.join('');
  }
}
