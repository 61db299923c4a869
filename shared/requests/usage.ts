/** Requests about what models were asked, what that cost, and the account's own limits. */
import { z } from 'zod';
import { usageGroupings, type Budget, type PriceTable, type UsageCallPage, type UsageSummary } from '../usage.ts';
import { limitsSchema } from './accounts.ts';
import { define } from './define.ts';

/** Milliseconds since the epoch; JavaScript's last day is 8.64e15. */
const moment = z.number().int().min(0).max(8_640_000_000_000_000);
/** From `from` (inclusive) to `to` (exclusive). */
const span = { from: moment, to: moment };
const price = z.number().nonnegative().max(1_000_000);

/** The person's own prices; a host and a model have one row. */
export const ownPricesSchema = z
  .array(
    z.object({
      host: z.string().trim().toLowerCase().min(1).max(255),
      model: z.string().trim().min(1).max(200),
      input: price,
      output: price,
    }),
  )
  .max(500);

export const usageRequests = {
  'usage.summary': define(z.object({ ...span, by: z.enum(usageGroupings) }))<UsageSummary>(),
  'usage.calls': define(
    z.object({
      ...span,
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
  )<UsageCallPage>(),
  'usage.budget': define(z.object({}))<Budget>(),
  /** The account's own; the administrator's hold beside them. */
  'usage.setLimits': define(z.object({ limits: limitsSchema, countsLocal: z.boolean() }))<Budget>(),
  /** The warning at 80 % is not shown again this month. */
  'usage.dismissWarning': define(z.object({}))<null>(),
  'usage.prices': define(z.object({}))<PriceTable>(),
  /** Calls whose price was not known get it from their model's row; costs that were told before stay. */
  'usage.setPrices': define(z.object({ prices: ownPricesSchema }))<PriceTable>(),
  /** Every call of the time as a CSV file; its name, or null when the dialog was dismissed. */
  'usage.exportCsv': define(z.object(span))<string | null>(),
};
