/**
 * The same thing under two ids: a file that was added on two devices, a collection that was given the same name. The one
 * with the smaller id stays, and what names the other is led to it.
 *
 * Who finds that out writes a tombstone that says so, and stamps what it leads over. Others do the same to their own rows
 * and take it for what was stamped, so that not every device sends it again.
 */
import type { EntityKind, Knowledge } from '../../../sync/entity.ts';
import { isUnseen } from './conflicts.ts';
import type { Conflicts } from './conflicts.ts';
import type { Clock, Codecs, Journal } from './journal.ts';
import type { Statements } from './statements.ts';

export interface Sameness {
  /** Documents that have a title of this device which their other id had, and whose own title did not come yet. */
  readonly titledHere: Set<string>;
  /** Follows aliases to the id that is known by now; also answers whether one of them was found out here. */
  resolve(kind: EntityKind, id: string): { readonly id: string; readonly isOwn: boolean };
  /**
   * Leads everything here that is of the loser, or names it, to the winner.
   * @param seen What the writer of the tombstone that told it knew; null when it was found out here, and is to be told.
   * @returns How many conflicts were kept.
   */
  merge(kind: EntityKind, loser: string, winner: string, seen: Knowledge | null, clock: Clock): number;
}

export interface SameOptions {
  readonly sql: Statements;
  readonly journal: Journal;
  readonly codecs: Codecs;
  readonly conflicts: Conflicts;
  readonly now: () => number;
}

export function samenessOf({ sql, journal, codecs, conflicts, now }: SameOptions): Sameness {
  const titledHere = new Set<string>();
  const keyOf = (table: string, id: string): number | undefined =>
    sql.value(`SELECT key FROM ${table} WHERE id = ?`, id);

  /** Runs a change of what follows from the merge, so that it is stamped here only when it was found out here. */
  function quietly(named: readonly Named[], isAuthor: boolean, clock: Clock, change: () => void): void {
    for (const { kind, id } of named) journal.collect(kind, id, clock);
    change();
    for (const { kind, id } of named) {
      if (isAuthor) journal.touch(kind, id);
      else journal.absorb(kind, id);
    }
  }

  function namingDocument(id: string): Named[] {
    const of = (kind: EntityKind, query: string): Named[] =>
      sql.values<string>(query, id).map((found) => ({ kind, id: found }));
    return [
      ...of(
        'message',
        'SELECT DISTINCT messages.id FROM citations JOIN messages ON key = message_key WHERE document_id = ?',
      ),
      ...of(
        'piece',
        'SELECT DISTINCT id FROM written_citations JOIN written_pieces ON key = piece_key WHERE document_id = ?',
      ),
      ...of(
        'piece',
        'SELECT DISTINCT id FROM written_documents JOIN written_pieces ON key = piece_key WHERE document_id = ?',
      ),
      ...of(
        'conversation',
        'SELECT id FROM conversations WHERE EXISTS (SELECT 1 FROM json_each(document_ids) AS named WHERE named.value = ?)',
      ),
    ];
  }

  function leadNames(loser: string, winner: string): void {
    for (const table of ['citations', 'written_citations', 'trace_passages', 'written_documents'])
      sql.run(`UPDATE ${table} SET document_id = ? WHERE document_id = ?`, winner, loser);
    sql.run(
      `UPDATE written_pieces SET selection = json_set(selection, '$.documentId', ?)
       WHERE selection IS NOT NULL AND json_extract(selection, '$.documentId') = ?`,
      ...([winner, loser] as const),
    );
    sql.run(
      `UPDATE conversations SET document_ids = (SELECT json_group_array(id) FROM (
           SELECT iif(value = ?, ?, value) AS id, min(key) AS place FROM json_each(document_ids) GROUP BY 1 ORDER BY 2))
       WHERE EXISTS (SELECT 1 FROM json_each(document_ids) AS named WHERE named.value = ?)`,
      ...([loser, winner, loser] as const),
    );
  }

  /** Both are here: what the person gave the loser is the winner's, too, unless that was seen and decided elsewhere. */
  function joinDocuments(loser: string, winner: string, seen: Knowledge | null, clock: Clock): number {
    const rows = journal.registers('document', loser);
    const isNews = (name: string): boolean => {
      const row = rows.get(name);
      return seen === null || !row || isUnseen(row, seen, clock);
    };
    const codec = codecs.get('document');
    const [values, present] = [codec?.read(loser), codec?.read(winner)];
    const [from, to] = [keyOf('documents', loser), keyOf('documents', winner)];
    if (!codec || from === undefined || to === undefined) return 0;
    if (!values || !present || values === 'unsettled' || present === 'unsettled') return 0;
    for (const [name, value] of Object.entries(values)) {
      if (!isNews(name)) continue;
      if (name.startsWith('tag:') && typeof value === 'string')
        sql.run('INSERT INTO document_tags (name, document_key) VALUES (?, ?) ON CONFLICT DO NOTHING', value, to);
      if (name === 'favourite') sql.run('INSERT INTO favourites (document_key) VALUES (?) ON CONFLICT DO NOTHING', to);
    }
    let kept = 0;
    const [mine, theirs] = [values['title'] ?? null, present['title'] ?? null];
    const [own, other] = [codec.typed('title', mine), codec.typed('title', theirs)];
    if (own !== null && isNews('title') && own !== other) {
      if (other === null) sql.run('UPDATE documents SET title = ?, renamed = 1 WHERE key = ?', own, to);
      else
        kept = conflicts.keep(
          { kind: 'document', id: winner, title: other, register: 'title', mine, theirs, deleted: false },
          now(),
        );
    }
    for (const [table, column] of [
      ['collection_documents', 'document_key'],
      ['watched_files', 'document_key'],
      ['import_files', 'document_key'],
      ['model_call_documents', 'document_key'],
    ] as const)
      sql.run(`UPDATE OR IGNORE ${table} SET ${column} = ? WHERE ${column} = ?`, to, from);
    journal.touch('document', winner);
    codec.remove(loser);
    // The winner has, or will have, the same bytes.
    sql.run('DELETE FROM pending_file_deletions WHERE content_hash IN (SELECT content_hash FROM documents)');
    return kept;
  }

  function mergeDocument(loser: string, winner: string, seen: Knowledge | null, clock: Clock): number {
    const key = keyOf('documents', loser);
    const collections = sql
      .values<string>(
        `SELECT id FROM collections WHERE key IN (SELECT collection_key FROM collection_documents WHERE document_key = ?)`,
        key ?? null,
      )
      .map((id): Named => ({ kind: 'collection', id }));
    let kept = 0;
    quietly(namingDocument(loser), seen === null, clock, () => leadNames(loser, winner));
    for (const { kind, id } of collections) journal.collect(kind, id, clock);
    if (key !== undefined && keyOf('documents', winner) !== undefined) kept = joinDocuments(loser, winner, seen, clock);
    else if (key !== undefined) {
      const title = journal.registers('document', loser).get('title');
      if (title && isUnseen(title, seen ?? { seen: 0 }, clock)) titledHere.add(winner);
      // Its text, vectors and file are here already, under the other name.
      sql.run('UPDATE documents SET id = ? WHERE key = ?', winner, key);
      sql.run('DELETE FROM sync_parts WHERE document_key = ?', key);
      sql.run('UPDATE sync_documents SET local_reading = NULL WHERE document_key = ?', key);
      journal.touch('document', winner);
    }
    for (const { kind, id } of collections) journal.touch(kind, id);
    return kept;
  }

  function mergeCollection(loser: string, winner: string, seen: Knowledge | null, clock: Clock): number {
    const [from, to] = [keyOf('collections', loser), keyOf('collections', winner)];
    if (from === undefined) return 0;
    const kept = seen && to !== undefined ? keepName(loser, winner, seen, clock) : 0;
    const followers = sql
      .values<string>('SELECT id FROM conversations WHERE collection_key = ?', from)
      .map((id): Named => ({ kind: 'conversation', id }));
    quietly(followers, seen === null, clock, () => {
      if (to === undefined) return void sql.run('UPDATE collections SET id = ? WHERE key = ?', winner, from);
      sql.run('UPDATE OR IGNORE collection_documents SET collection_key = ? WHERE collection_key = ?', to, from);
      sql.run('UPDATE conversations SET collection_key = ? WHERE collection_key = ?', to, from);
      sql.run('DELETE FROM collections WHERE key = ?', from);
    });
    journal.touch('collection', winner);
    return kept;
  }

  /** The loser was given another name here since. */
  function keepName(loser: string, winner: string, seen: Knowledge, clock: Clock): number {
    const codec = codecs.get('collection');
    const [mine, theirs] = [codec?.title(loser) ?? '', codec?.title(winner) ?? ''];
    const row = journal.registers('collection', loser).get('name');
    if (!row || mine === theirs || !isUnseen(row, seen, clock)) return 0;
    const loss = {
      kind: 'collection',
      id: winner,
      title: theirs,
      register: 'name',
      mine,
      theirs,
      deleted: false,
    } as const;
    return conflicts.keep(loss, now());
  }

  return {
    titledHere,
    resolve(kind, id) {
      let [known, isOwn] = [id, false];
      for (;;) {
        const next = sql.get<{ id: string; own: number }>(
          'SELECT to_id AS id, own FROM sync_aliases WHERE kind = ? AND from_id = ?',
          kind,
          known,
        );
        // Always to a smaller one, so that there is an end.
        if (!next || next.id >= known) return { id: known, isOwn };
        known = next.id;
        isOwn ||= next.own === 1;
      }
    },
    merge(kind, loser, winner, seen, clock) {
      journal.collect(kind, loser, clock);
      journal.collect(kind, winner, clock);
      sql.run(
        'INSERT INTO sync_aliases (kind, from_id, to_id, own) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...([kind, loser, winner, Number(seen === null)] as const),
      );
      sql.run('UPDATE sync_conflicts SET entity_id = ? WHERE kind = ? AND entity_id = ?', winner, kind, loser);
      const merge = kind === 'document' ? mergeDocument : mergeCollection;
      const kept = merge(loser, winner, seen, clock);
      if (seen === null)
        journal.bury(kind, loser, { stamp: clock.next(), seen: clock.seen, into: winner, past: null, pushed: 0 });
      else journal.removeRegisters(kind, loser);
      journal.untouch(kind, loser);
      return kept;
    },
  };
}

interface Named {
  readonly kind: EntityKind;
  readonly id: string;
}
