/** What was pulled, until it is applied. It comes from a server: everything in it is looked at before it is used. */
import { z } from 'zod';
import type { Entity, EntityKind, Register, Tombstone } from '../../../sync/entity.ts';
import { isStamp } from '../../../sync/stamps.ts';
import { rankOf, UNKNOWN_RANK } from './journal.ts';
import type { Statements } from './statements.ts';

const stamp = z.string().refine(isStamp);
const seen = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const past = z.array(stamp).max(10_000).optional().catch(undefined);
const registerSchema = z.object({ stamp, seen, past, value: z.json() });
const tombstoneSchema = z.object({ stamp, seen, into: z.string().max(200).nullable().catch(null), past });
const envelopeSchema = z.object({ kind: z.string().min(1).max(50), id: z.string().min(1).max(200) });
const bodySchema = z.object({
  registers: z.record(z.string(), z.unknown()).catch({}),
  tombstone: z.unknown(),
});

export interface Waiting {
  readonly kind: EntityKind;
  readonly id: string;
  /** Those that are whole; the others are passed over. */
  readonly registers: ReadonlyMap<string, Register>;
  readonly tombstone: Tombstone | null;
}

interface InboxRow {
  readonly kind: EntityKind;
  readonly id: string;
  readonly entity: string;
}

export interface Inbox {
  /** In the place of what was pulled of the entity before: a page has whole entities. */
  put(entity: Entity): void;
  /** Looks at everything again that waited for something else. */
  retry(): void;
  next(limit: number): { readonly kind: EntityKind; readonly id: string }[];
  get(kind: EntityKind, id: string): Waiting | null;
  remove(kind: EntityKind, id: string): void;
  /** What it belongs to is not here: looked at again when something else has come. */
  defer(kind: EntityKind, id: string): void;
  count(): number;
}

export function inboxOf(sql: Statements): Inbox {
  return {
    put(entity) {
      const envelope = envelopeSchema.safeParse(entity).data;
      // Nobody could say what it is.
      if (!envelope) return;
      const { kind, id } = envelope;
      const rank = rankOf(kind);
      sql.run(
        `INSERT INTO sync_inbox (kind, id, rank, deferred, entity) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (kind, id) DO UPDATE SET deferred = excluded.deferred, entity = excluded.entity`,
        ...([kind, id, rank, Number(rank === UNKNOWN_RANK), JSON.stringify(entity)] as const),
      );
    },
    retry: () => void sql.run('UPDATE sync_inbox SET deferred = 0 WHERE deferred = 1 AND rank < ?', UNKNOWN_RANK),
    next: (limit) =>
      sql.all<{ kind: EntityKind; id: string }>(
        'SELECT kind, id FROM sync_inbox WHERE deferred = 0 ORDER BY rank, key LIMIT ?',
        limit,
      ),
    get(kind, id) {
      const row = sql.get<InboxRow>(
        'SELECT kind, id, entity FROM sync_inbox WHERE kind = ? AND id = ? AND deferred = 0',
        kind,
        id,
      );
      if (!row) return null;
      const body = bodySchema.safeParse(JSON.parse(row.entity)).data;
      const registers = Object.entries(body?.registers ?? {}).flatMap(([name, value]) => {
        const register = registerSchema.safeParse(value).data;
        return register && name.length <= 1_200 ? [[name, register as Register] as const] : [];
      });
      const tombstone = tombstoneSchema.safeParse(body?.tombstone).data ?? null;
      return { kind, id, registers: new Map(registers), tombstone };
    },
    remove: (kind, id) => void sql.run('DELETE FROM sync_inbox WHERE kind = ? AND id = ?', kind, id),
    defer: (kind, id) => void sql.run('UPDATE sync_inbox SET deferred = 1 WHERE kind = ? AND id = ?', kind, id),
    count: () => sql.value<number>('SELECT count(*) FROM sync_inbox WHERE deferred = 0') ?? 0,
  };
}
