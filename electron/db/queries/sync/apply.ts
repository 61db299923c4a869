/**
 * Applies what was pulled to the library's own tables, entity by entity. Runs inside the caller's transaction.
 *
 * What changed here and was not stamped yet is stamped first, so that it takes part. Then each register that is later than
 * the one here is written, and what is there afterwards counts as stamped: nothing differs, and nothing is sent back.
 */
import type { EntityKind, Register, Tombstone } from '../../../sync/entity.ts';
import type { JsonValue } from '../../database.ts';
import { hashOfValue, type Codec, type References, type Values } from './codec.ts';
import { isUnseen, type Conflicts } from './conflicts.ts';
import { showLeaf } from './conversations.ts';
import { contentSchema } from './documents.ts';
import type { Inbox, Waiting } from './inbox.ts';
import type { Clock, Codecs, Journal, RegisterRow } from './journal.ts';
import type { Sameness } from './same.ts';
import type { Statements } from './statements.ts';

export interface ApplyOptions {
  readonly sql: Statements;
  readonly journal: Journal;
  readonly codecs: Codecs;
  readonly inbox: Inbox;
  readonly conflicts: Conflicts;
  readonly sameness: Sameness;
  readonly now: number;
  readonly clock: Clock;
}

export interface Applying {
  /** Takes an entity out of the inbox and into the library, or defers it. */
  apply(kind: EntityKind, id: string): void;
  readonly changed: ReadonlyMap<EntityKind, ReadonlySet<string>>;
  readonly droppedFiles: ReadonlySet<string>;
  conflicts(): number;
}

export function applying({ sql, journal, codecs, inbox, conflicts, sameness, now, clock }: ApplyOptions): Applying {
  const changed = new Map<EntityKind, Set<string>>();
  const droppedFiles = new Set<string>();
  /** Entities that are being applied, so that two that wait for each other do not for ever. */
  const underWay = new Set<string>();
  let kept = 0;

  const tell = (kind: EntityKind, id: string): void =>
    void changed.set(kind, (changed.get(kind) ?? new Set<string>()).add(id));
  const collect = (kind: EntityKind, id: string): void => journal.collect(kind, id, clock);

  /** References that also tell whether an id was led elsewhere, here or by another device. */
  function references(): References & { readonly led: { any: boolean; here: boolean } } {
    const led = { any: false, here: false };
    return {
      led,
      now,
      resolve(kind, id) {
        const { id: known, isOwn } = sameness.resolve(kind, id);
        if (known !== id) led.any = true;
        if (isOwn) led.here = true;
        return known;
      },
      isDeleted: (kind, id) => journal.tombstone(kind, id) !== null,
      dropFile: (hash) => void droppedFiles.add(hash),
    };
  }

  /** Another entity here that has what can be had once: these bytes, this name. */
  function twin(kind: EntityKind, id: string, values: Values): string | null {
    if (kind === 'document') {
      const hash = contentSchema.safeParse(values['content']).data?.hash;
      if (hash === undefined) return null;
      return sql.value<string>('SELECT id FROM documents WHERE content_hash = ? AND id <> ?', hash, id) ?? null;
    }
    const name = values['name'];
    if (kind !== 'collection' || typeof name !== 'string') return null;
    return sql.value<string>('SELECT id FROM collections WHERE name = ? AND id <> ?', name, id) ?? null;
  }

  /** Gives another entity what can be had once, when it is about to get something else itself. */
  function makeWay(kind: EntityKind, id: string): void {
    if (kind === 'document') sql.run(`UPDATE documents SET content_hash = 'moving:' || id WHERE id = ?`, id);
    else sql.run(`UPDATE collections SET name = 'moving:' || id WHERE id = ?`, id);
  }

  /** The twin that stays one after everything that waits for it was applied. */
  function lastingTwin(kind: EntityKind, id: string, values: Values): string | null {
    const first = twin(kind, id, values);
    if (first === null) return null;
    if (underWay.has(`${kind} ${first}`) && !inbox.get(kind, first)?.tombstone) {
      makeWay(kind, first);
      return null;
    }
    if (inbox.get(kind, first) && !underWay.has(`${kind} ${first}`)) apply(kind, first);
    return twin(kind, id, values);
  }

  /** Answers whether the entity is still one of its own. */
  function joinTwin(kind: EntityKind, id: string, values: Values, other: string): boolean {
    const codec = codecs.get(kind);
    collect(kind, other);
    collect(kind, id);
    if (!codec) return true;
    const present = codec.read(other);
    if (!present || present === 'unsettled') return true;
    tell(kind, other);
    tell(kind, id);
    if (id < other) {
      kept += sameness.merge(kind, other, id, null, clock);
      return true;
    }
    kept += sameness.merge(kind, id, other, null, clock);
    leadOver(kind, other, values, present);
    return false;
  }

  /** What came of an entity that is another's now. */
  function leadOver(kind: EntityKind, winner: string, values: Values, present: Values): void {
    const codec = codecs.get(kind);
    const isLed = ([name, value]: [string, JsonValue]): boolean =>
      value !== null && (/^(?:tag|member):/.test(name) || name === 'favourite') && (present[name] ?? null) === null;
    const led: Record<string, JsonValue> = Object.fromEntries(Object.entries(values).filter(isLed));
    const title = values['title'];
    const isTitled =
      codec !== undefined &&
      codec.typed('title', title ?? null) !== null &&
      codec.typed('title', present['title'] ?? null) === null;
    if (kind === 'document' && title !== undefined && isTitled) led['title'] = title;
    codec?.write(winner, led, references());
    journal.touch(kind, winner);
  }

  function keepLoss(kind: EntityKind, id: string, register: string, mine: JsonValue, theirs: JsonValue): void {
    const title = codecs.get(kind)?.title(id) ?? '';
    kept += conflicts.keep({ kind, id, title, register, mine, theirs, deleted: false }, now);
  }

  /** Values that this Quire has a place for, with those that waited for one. */
  function acceptedOf(
    kind: EntityKind,
    won: ReadonlyMap<string, Register>,
    rows: ReadonlyMap<string, RegisterRow>,
  ): Values {
    const codec = codecs.get(kind);
    const held = [...rows.values()].flatMap(({ name, value }) =>
      value === null || won.has(name) ? [] : [[name, JSON.parse(value) as JsonValue] as const],
    );
    const came = [...won].map(([name, { value }]) => [name, value] as const);
    return Object.fromEntries([...held, ...came].filter(([name, value]) => codec?.accepts(name, value) === true));
  }

  function adopt({ kind, id, registers }: Waiting): 'done' | 'deferred' {
    const codec = codecs.get(kind);
    if (!codec) return 'deferred';
    let rows = journal.registers(kind, id);
    const won = new Map([...registers].filter(([name, { stamp }]) => stamp > (rows.get(name)?.stamp ?? '')));
    if (won.size === 0) return 'done';
    const values = acceptedOf(kind, won, rows);
    const other = lastingTwin(kind, id, values);
    if (other !== null && !joinTwin(kind, id, values, other)) return 'done';
    rows = journal.registers(kind, id);
    const before = codec.read(id);
    if (before !== null && before !== 'unsettled') keepLosses(kind, id, before, rows, won);
    const isTouched = journal.isTouched(kind, id);
    const keeps = keptTitle(kind, id, before, rows, won);
    const names = references();
    const writes = Object.fromEntries(Object.entries(values).filter(([name]) => !keeps.has(name)));
    if (before === null || Object.keys(writes).length > 0) {
      const written = codec.write(id, writes, names);
      if (written === 'waiting') return 'deferred';
      if (written === 'orphan') {
        journal.bury(kind, id, { stamp: clock.next(), seen: clock.seen, into: null, past: null, pushed: 0 });
        return 'done';
      }
    }
    settle(kind, id, won, values, new Set([...keeps, ...(names.led.here ? Object.keys(values) : [])]));
    // It was stamped before; what was led to it since is not.
    if (!names.led.any && !isTouched) journal.untouch(kind, id);
    tell(kind, id);
    return 'done';
  }

  /** A row that was another's until now may have a title that somebody typed: it stays, unless both have one. */
  function keptTitle(
    kind: EntityKind,
    id: string,
    before: ReturnType<Codec['read']>,
    rows: ReadonlyMap<string, RegisterRow>,
    won: ReadonlyMap<string, Register>,
  ): ReadonlySet<string> {
    const codec = codecs.get(kind);
    const came = won.get('title');
    if (kind !== 'document' || !codec || !came || !before || before === 'unsettled' || rows.has('title'))
      return new Set();
    const own = before['title'] ?? null;
    const [mine, theirs] = [codec.typed('title', own), codec.typed('title', came.value)];
    if (mine === null || mine === theirs) return new Set();
    if (theirs === null) return new Set(['title']);
    if (sameness.titledHere.delete(id)) keepLoss(kind, id, 'title', own, came.value);
    return new Set();
  }

  function keepLosses(
    kind: EntityKind,
    id: string,
    before: Values,
    rows: ReadonlyMap<string, RegisterRow>,
    won: ReadonlyMap<string, Register>,
  ): void {
    for (const [name, theirs] of won) {
      const row = rows.get(name);
      const mine = valueOf(before, name);
      if (!row || !isUnseen(row, theirs, clock) || (codecs.get(kind)?.typed(name, mine) ?? null) === null) continue;
      if (kind !== 'message' && hashOfValue(mine) !== hashOfValue(theirs.value))
        keepLoss(kind, id, name, mine, theirs.value);
    }
  }

  /** @param again Registers whose value here is to be stamped anew, because it is not the one that came. */
  function settle(
    kind: EntityKind,
    id: string,
    won: ReadonlyMap<string, Register>,
    values: Values,
    again: ReadonlySet<string>,
  ): void {
    const after = codecs.get(kind)?.read(id);
    if (!after || after === 'unsettled') return;
    for (const [name, { stamp, seen, past, value }] of won) {
      const actual = valueOf(after, name);
      const isLate = name === 'leaf' && kind === 'conversation' && value !== actual;
      const isHeld = !Object.hasOwn(values, name) || isLate;
      journal.putRegister(kind, id, {
        ...{ name, stamp, seen, pushed: 1, sequence: null, past: past ? JSON.stringify(past) : null },
        hash: hashOfValue(again.has(name) ? value : actual),
        value: isHeld ? JSON.stringify(value) : null,
      });
    }
  }

  /** A message came: the conversation may have waited to end in it. */
  function mendConversation(conversationId: string): void {
    const row = journal.registers('conversation', conversationId).get('leaf');
    if (!row || row.value === null) return;
    const isShown = showLeaf(sql, conversationId, JSON.parse(row.value) as JsonValue);
    const after = codecs.get('conversation')?.read(conversationId);
    if (!after || after === 'unsettled') return;
    const hash = hashOfValue(after['leaf'] ?? null);
    journal.putRegister('conversation', conversationId, { ...row, hash, value: isShown ? null : row.value });
  }

  function conversationOf(id: string, registers: ReadonlyMap<string, Register>): string | null {
    const body = registers.get('body')?.value;
    const named = typeof body === 'object' && body !== null && 'conversationId' in body ? body.conversationId : null;
    if (typeof named === 'string') return named;
    const query = `SELECT conversations.id FROM messages JOIN conversations ON conversations.key = conversation_key
      WHERE messages.id = ?`;
    return sql.value<string>(query, id) ?? null;
  }

  /** The message before it, first: a message that was stamped again comes after those that follow it. */
  function applyParent(registers: ReadonlyMap<string, Register>): void {
    const body = registers.get('body')?.value;
    const parent = typeof body === 'object' && body !== null && 'parentId' in body ? body.parentId : null;
    if (typeof parent === 'string' && !underWay.has(`message ${parent}`) && inbox.get('message', parent))
      apply('message', parent);
  }

  function bury(kind: EntityKind, id: string, tombstone: Tombstone): void {
    const codec = codecs.get(kind);
    const grave = { ...tombstone, past: null, pushed: 1 };
    const into = intoOf(kind, id, tombstone);
    // Its twin may have found it out by itself.
    const isDead = journal.tombstone(kind, id) !== null;
    // A setting, a paid call: nobody deletes them.
    if (!codec || kind === 'setting' || kind === 'usage') return;
    if (!isDead && codec.read(id) !== null) {
      tell(kind, id);
      if (into !== null) {
        kept += sameness.merge(kind, id, into, tombstone, clock);
        tell(kind, into);
      } else {
        if (kind === 'document') applyPieces(id);
        const losses = conflicts.ofDeleted(kind, id, tombstone, clock);
        remove(kind, id);
        for (const loss of losses) kept += conflicts.keep(loss, now);
      }
    } else if (into !== null) kept += sameness.merge(kind, id, into, tombstone, clock);
    journal.bury(kind, id, { ...grave, into });
  }

  /** What came of its pieces, first: whoever deleted them with it tells what of them was known. */
  function applyPieces(documentId: string): void {
    const pieces = sql.values<string>(
      'SELECT id FROM written_documents JOIN written_pieces ON key = piece_key WHERE document_id = ?',
      documentId,
    );
    for (const piece of pieces) if (inbox.get('piece', piece)?.tombstone) apply('piece', piece);
  }

  /** Citations of a document lose their place with it, on each device by itself: nobody sends that to the others. */
  function remove(kind: EntityKind, id: string): void {
    const cited = kind === 'document' ? citing(id) : [];
    for (const each of cited) collect(each.kind, each.id);
    codecs.get(kind)?.remove(id);
    for (const each of cited) journal.absorb(each.kind, each.id);
  }

  function citing(id: string): { kind: EntityKind; id: string }[] {
    const of = (kind: EntityKind, query: string) => sql.values<string>(query, id).map((found) => ({ kind, id: found }));
    return [
      ...of(
        'message',
        'SELECT DISTINCT messages.id FROM citations JOIN messages ON key = message_key WHERE document_id = ?',
      ),
      ...of(
        'piece',
        'SELECT DISTINCT id FROM written_citations JOIN written_pieces ON key = piece_key WHERE document_id = ?',
      ),
    ];
  }

  /** Where a tombstone leads to, as far as it is there; to a smaller id in any case, so that there is an end. */
  function intoOf(kind: EntityKind, id: string, { into }: Tombstone): string | null {
    if (into === null || into >= id || (kind !== 'document' && kind !== 'collection')) return null;
    if (codecs.get(kind)?.isId(into) !== true) return null;
    if (inbox.get(kind, into) && !underWay.has(`${kind} ${into}`)) apply(kind, into);
    const known = sameness.resolve(kind, into).id;
    return journal.tombstone(kind, known) === null ? known : null;
  }

  function apply(kind: EntityKind, id: string): void {
    const waiting = inbox.get(kind, id);
    if (!waiting) return;
    if (codecs.get(kind)?.isId(id) !== true) return inbox.defer(kind, id);
    underWay.add(`${kind} ${id}`);
    try {
      for (const { stamp } of waiting.registers.values()) clock.saw(stamp);
      if (waiting.tombstone) clock.saw(waiting.tombstone.stamp);
      if (kind === 'message') applyParent(waiting.registers);
      const conversation = kind === 'message' ? conversationOf(id, waiting.registers) : null;
      if (conversation !== null) collect('conversation', conversation);
      collect(kind, id);
      const isDead = journal.tombstone(kind, id) !== null;
      if (waiting.tombstone) bury(kind, id, waiting.tombstone);
      else if (!isDead && adopt(waiting) === 'deferred') return inbox.defer(kind, id);
      inbox.remove(kind, id);
      if (conversation !== null) {
        mendConversation(conversation);
        tell('conversation', conversation);
      }
    } finally {
      underWay.delete(`${kind} ${id}`);
    }
  }

  return { apply, changed, droppedFiles, conflicts: () => kept };
}

/** A register from elsewhere may have any name, also that of something every object inherits. */
function valueOf(values: Values, name: string): JsonValue {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}
