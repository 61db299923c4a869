/**
 * The settings that are synced: how the window looks, what scans are recognised in, and the person's own prices.
 *
 * SECURITY: no other. One that came by sync must not make this computer send anything anywhere, so who answers, who makes
 * vectors, limits and folders stay each computer's own.
 */
import { z } from 'zod';
import { settingsSchema } from '../../../../shared/requests/settings.ts';
import { OWN_PRICES } from '../../../pipeline/limits.ts';
import type { Connection } from '../../connection.ts';
import type { JsonValue } from '../../database.ts';
import { settingQueries } from '../settings.ts';
import type { Codec, Values } from './codec.ts';

const SETTINGS = 'settings';
/** The one entity of its kind. */
const LIBRARY = 'library';
const text = z.string().max(1_000);
const price = z.number().min(0).max(1e9);
const schemas: Readonly<Record<string, z.ZodType>> = {
  theme: settingsSchema.shape.theme.unwrap(),
  recognition: settingsSchema.shape.recognition.unwrap(),
  prices: z.array(z.object({ host: text, model: text, input: price, output: price })).max(10_000),
};
const ofSettings = ['theme', 'recognition'];

export function settingCodec(connection: Connection): Codec {
  const settings = settingQueries(connection);
  const stored = (): Readonly<Record<string, JsonValue>> => {
    const value = settings.get(SETTINGS);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, JsonValue>>)
      : {};
  };
  return {
    kind: 'setting',
    isId: (id) => id === LIBRARY,
    read(): Values {
      const prices = settings.get(OWN_PRICES);
      const own = Object.entries(stored()).filter(([name]) => ofSettings.includes(name));
      return { ...Object.fromEntries(own), ...(prices === null ? {} : { prices }) };
    },
    knows: (name) => Object.hasOwn(schemas, name),
    accepts: (name, value) => Object.hasOwn(schemas, name) && (schemas[name]?.safeParse(value).success ?? false),
    write(_id, values) {
      const own = Object.entries(values).filter(([name]) => ofSettings.includes(name));
      if (own.length > 0) settings.set(SETTINGS, { ...stored(), ...Object.fromEntries(own) });
      if (values['prices'] !== undefined) settings.set(OWN_PRICES, values['prices']);
      return 'written';
    },
    remove: () => undefined,
    typed: () => null,
    title: () => '',
  };
}
