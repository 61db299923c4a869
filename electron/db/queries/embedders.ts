/**
 * Statements on embedders: which vectors there are, and which are searched.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Connection } from '../connection.ts';
import type { EmbedderIdentity, EmbedderStore, OutstandingTexts, StoredEmbedder } from '../search-types.ts';
import type { Synchronous } from '../synchronous.ts';
import { isChunkOf } from './chunk-ids.ts';

interface EmbedderRow extends EmbedderIdentity {
  readonly key: number;
  readonly active: number;
}

export type EmbedderQueries = Synchronous<EmbedderStore> & {
  /** The row, with its key; null when it was never registered. */
  find(fingerprint: string): (StoredEmbedder & { readonly key: number }) | null;
};

export function embedderQueries(connection: Connection): EmbedderQueries {
  const columns = 'SELECT key, fingerprint, kind, model, dimensions, active FROM embedders';
  const insert = connection.prepare<[string, string, string, number]>(
    `INSERT INTO embedders (fingerprint, kind, model, dimensions, active)
     VALUES (?, ?, ?, ?, (SELECT count(*) = 0 FROM embedders WHERE active = 1)) ON CONFLICT (fingerprint) DO NOTHING`,
  );
  const selectByFingerprint = connection.prepare<[string], EmbedderRow>(`${columns} WHERE fingerprint = ?`);
  const selectAll = connection.prepare<[], EmbedderRow>(`${columns} ORDER BY key`);
  const selectActive = connection.prepare<[], EmbedderRow>(`${columns} WHERE active = 1`);
  const deactivate = connection.prepare('UPDATE embedders SET active = 0 WHERE active = 1');
  const activate = connection.prepare<[number]>('UPDATE embedders SET active = 1 WHERE key = ?');
  const deleteOtherVectors = connection.prepare<[number]>('DELETE FROM vectors WHERE embedder_key <> ?');
  const deleteOthers = connection.prepare<[number]>('DELETE FROM embedders WHERE key <> ?');
  const countDeletions = connection.prepare<[number]>('UPDATE vector_state SET deletions = deletions + ?');
  const recount = connection.prepare<[number]>(
    `UPDATE documents SET embedded_chunks = (
       SELECT count(*) FROM chunks JOIN vectors ON vectors.text_key = chunks.text_key AND embedder_key = ?
       WHERE ${isChunkOf('documents.key')})`,
  );

  const outstanding = connection.prepare<[number], OutstandingTexts>(
    `SELECT count(*) AS texts, coalesce(sum(tokens), 0) AS tokens FROM (
       SELECT max(token_count) AS tokens FROM chunks
       WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.text_key = chunks.text_key AND embedder_key = ?)
       GROUP BY text_key)`,
  );

  function find(fingerprint: string): (StoredEmbedder & { readonly key: number }) | null {
    const row = selectByFingerprint.get(fingerprint);
    return row ? { ...row, active: row.active === 1 } : null;
  }

  function mustFind(fingerprint: string): StoredEmbedder & { readonly key: number } {
    const found = find(fingerprint);
    if (!found) throw unknownEmbedder(fingerprint);
    return found;
  }

  return {
    find,
    register({ fingerprint, kind, model, dimensions }) {
      insert.run(fingerprint, kind, model, dimensions);
      return withoutKey(mustFind(fingerprint));
    },
    list: () => selectAll.all().map((row) => withoutKey({ ...row, active: row.active === 1 })),
    active() {
      const row = selectActive.get();
      return row ? withoutKey({ ...row, active: true }) : null;
    },
    outstanding: (fingerprint) => outstanding.get(find(fingerprint)?.key ?? 0) ?? { texts: 0, tokens: 0 },
    activate(fingerprint, options) {
      connection
        .transaction(() => {
          const { key, active } = mustFind(fingerprint);
          if (!active) {
            deactivate.run();
            activate.run(key);
            recount.run(key);
          }
          if (options?.dropOthers !== true) return;
          const { changes } = deleteOtherVectors.run(key);
          if (changes > 0) countDeletions.run(changes);
          deleteOthers.run(key);
        })
        .immediate();
    },
  };
}

export function unknownEmbedder(fingerprint: string): AppError {
  return new AppError('not-found', `The embedding model ${fingerprint} is not known to this library.`, {
    hint: 'Choose the embedding model again in the settings.',
  });
}

function withoutKey({ fingerprint, kind, model, dimensions, active }: StoredEmbedder): StoredEmbedder {
  return { fingerprint, kind, model, dimensions, active };
}
