/** A library in memory, for tests of the engine alone: entities that are edited, and nothing that depends on another. */
import type { Acknowledgement, Applied, SyncConflict, SyncState, SyncStore } from '../../electron/db/sync-types.ts';
import type { HistoryMark } from '../../electron/sync/ports/remote-store.ts';
import type { JsonValue } from '../../electron/db/database.ts';
import { entityKinds, type Entity, type EntityKind } from '../../electron/sync/entity.ts';
import { mergeEntity } from '../../electron/sync/merge.ts';

interface Edit {
  readonly kind: EntityKind;
  readonly id: string;
  /** Null: the entity is deleted. */
  readonly register: string | null;
  readonly value: JsonValue;
}

const keyOf = (kind: EntityKind, id: string): string => `${kind} ${id}`;

export class MemoryLibrary implements SyncStore {
  readonly #deviceId: string;
  readonly entities = new Map<string, Entity>();
  readonly #edits: Edit[] = [];
  /** Stamps that the server has, by entity and register. */
  readonly #pushed = new Map<string, string>();
  #inbox: Entity[] = [];
  #pulled = 0;
  #applied = 0;
  #stamp = 0;
  #isOn = true;
  clockOffset = 0;
  #restored: string | null = null;
  #mark: HistoryMark | null = null;

  constructor(deviceId: string) {
    this.#deviceId = deviceId;
  }

  edit(kind: EntityKind, id: string, register: string, value: JsonValue): void {
    this.#edits.push({ kind, id, register, value });
  }

  remove(kind: EntityKind, id: string): void {
    this.#edits.push({ kind, id, register: null, value: null });
  }

  /** Everything that is there, tombstones too, by kind and id. */
  dump(): Entity[] {
    return [...this.entities].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entity]) => entity);
  }

  async state(): Promise<SyncState> {
    return {
      deviceId: this.#deviceId,
      remoteId: this.#isOn ? 'remote' : null,
      pulled: this.#pulled,
      applied: this.#applied,
      clockOffset: this.clockOffset,
      restored: this.#restored,
      mark: this.#mark,
      waiting: this.#outgoing().length,
      inbox: this.#inbox.length,
      conflicts: 0,
    };
  }

  turnOn(): Promise<SyncState> {
    this.#isOn = true;
    return this.state();
  }

  async turnOff(): Promise<void> {
    this.#isOn = false;
  }

  async setClock(offset: number): Promise<void> {
    this.clockOffset = offset;
  }

  async setRestored(restored: string): Promise<void> {
    this.#restored = restored;
  }

  async collect(now: number, limit: number): Promise<number> {
    for (const { kind, id, register, value } of this.#edits.splice(0, limit)) {
      this.#stamp = Math.max(this.#stamp + 1, (now + this.clockOffset) * 1_000);
      const stamp = `${String(this.#stamp).padStart(16, '0')}-${this.#deviceId.slice(0, 8)}`;
      const written = { stamp, seen: this.#applied };
      this.#merge({
        kind,
        id,
        registers: register === null ? {} : { [register]: { ...written, value } },
        tombstone: register === null ? { ...written, into: null } : null,
      });
    }
    return this.#edits.length;
  }

  async outgoing(limit: number): Promise<Entity[]> {
    return this.#outgoing().slice(0, limit);
  }

  async pushed(acknowledgements: readonly Acknowledgement[], mark: HistoryMark | null = null): Promise<void> {
    this.#mark = mark ?? this.#mark;
    for (const { kind, id, stamps } of acknowledgements) {
      for (const [name, stamp] of Object.entries(stamps)) this.#pushed.set(`${keyOf(kind, id)} ${name}`, stamp);
    }
  }

  async sendAgain(entities: readonly { readonly kind: EntityKind; readonly id: string }[]): Promise<number> {
    const here = entities.filter(({ kind, id }) => this.entities.has(keyOf(kind, id)));
    for (const { kind, id } of here)
      for (const key of this.#pushed.keys()) if (key.startsWith(`${keyOf(kind, id)} `)) this.#pushed.delete(key);
    return here.length;
  }

  async receive(entities: readonly Entity[], cursor: number, mark: HistoryMark | null = null): Promise<void> {
    this.#mark = mark ?? this.#mark;
    this.#inbox.push(...entities);
    this.#pulled = cursor;
  }

  async apply(_now: number, limit: number): Promise<Applied> {
    const entities = this.#inbox.splice(0, limit);
    for (const entity of entities) {
      this.#merge(entity);
      for (const [name, { stamp }] of writes(entity))
        this.#pushed.set(`${keyOf(entity.kind, entity.id)} ${name}`, stamp);
      const last = writes(entity).map(([, { stamp }]) => Number(stamp.slice(0, 16)));
      this.#stamp = Math.max(this.#stamp, ...last);
    }
    if (this.#inbox.length === 0) this.#applied = this.#pulled;
    const idsOf = (kind: EntityKind): string[] => entities.filter((one) => one.kind === kind).map(({ id }) => id);
    return {
      documentIds: idsOf('document'),
      conversationIds: idsOf('conversation'),
      contentHashes: [],
      conflicts: 0,
      settings: idsOf('setting').length > 0,
      left: this.#inbox.length,
    };
  }

  async known(kind: EntityKind, after: string | null, limit: number): Promise<string[]> {
    const ids = [...this.entities.values()]
      .filter((entity) => entity.kind === kind && !entity.tombstone && (after === null || entity.id > after))
      .filter((entity) => writes(entity).some(([name]) => this.#pushed.has(`${keyOf(kind, entity.id)} ${name}`)))
      .map(({ id }) => id);
    return ids.sort().slice(0, limit);
  }

  async receiveGone(kind: EntityKind, ids: readonly string[]): Promise<void> {
    for (const id of ids) this.entities.delete(keyOf(kind, id));
  }

  async conflicts(): Promise<SyncConflict[]> {
    return [];
  }

  async settleConflict(): Promise<void> {
    // There are none.
  }

  #merge(change: Entity): void {
    const key = keyOf(change.kind, change.id);
    const merged = mergeEntity(this.entities.get(key) ?? null, change);
    if (merged) this.entities.set(key, merged);
  }

  #outgoing(): Entity[] {
    const isNew = ({ kind, id }: Entity, name: string, stamp: string): boolean =>
      this.#pushed.get(`${keyOf(kind, id)} ${name}`) !== stamp;
    return [...this.entities.values()]
      .map((entity) => ({
        ...entity,
        registers: Object.fromEntries(
          Object.entries(entity.registers).filter(([name, { stamp }]) => isNew(entity, name, stamp)),
        ),
        tombstone: entity.tombstone && isNew(entity, '', entity.tombstone.stamp) ? entity.tombstone : null,
      }))
      .filter((entity) => entity.tombstone || Object.keys(entity.registers).length > 0)
      .sort((one, other) => entityKinds.indexOf(one.kind) - entityKinds.indexOf(other.kind));
  }
}

function writes(entity: Entity): [string, { readonly stamp: string }][] {
  return entity.tombstone ? [['', entity.tombstone]] : Object.entries(entity.registers);
}
