/**
 * Sync's statements, loaded and prepared with their first use: most libraries are not synced, and none needs them to
 * begin with.
 */
import type { Connection } from '../../connection.ts';
import type { SyncStore } from '../../sync-types.ts';
import type { Synchronous } from '../../synchronous.ts';
import type { DeleteDocuments } from './sync.ts';

export function lazySync(connection: Connection, deleteDocuments: DeleteDocuments): SyncStore {
  let loaded: Promise<Synchronous<SyncStore>> | null = null;
  const load = (): Promise<Synchronous<SyncStore>> =>
    (loaded ??= import('./sync.ts').then(({ syncQueries }) => syncQueries(connection, deleteDocuments)));
  return {
    state: async () => (await load()).state(),
    turnOn: async (remoteId) => (await load()).turnOn(remoteId),
    turnOff: async () => (await load()).turnOff(),
    setClock: async (offset) => (await load()).setClock(offset),
    setRestored: async (restored) => (await load()).setRestored(restored),
    collect: async (now, limit) => (await load()).collect(now, limit),
    outgoing: async (limit) => (await load()).outgoing(limit),
    pushed: async (acknowledgements, mark) => (await load()).pushed(acknowledgements, mark),
    receive: async (entities, cursor, mark) => (await load()).receive(entities, cursor, mark),
    sendAgain: async (entities) => (await load()).sendAgain(entities),
    apply: async (now, limit) => (await load()).apply(now, limit),
    known: async (kind, after, limit) => (await load()).known(kind, after, limit),
    receiveGone: async (kind, ids) => (await load()).receiveGone(kind, ids),
    conflicts: async () => (await load()).conflicts(),
    settleConflict: async (id, choice) => (await load()).settleConflict(id, choice),
  };
}
