/** Outcomes of reading in the log: counted once each, by code. */
import { expect, it } from 'vitest';
import { IngestLog } from '../../../electron/core/ingest-log.ts';
import { noLog } from '../../../electron/logging/logger.ts';
import type { LogDetails } from '../../../electron/logging/entry.ts';
import type { DocumentSummary } from '../../../shared/domain.ts';

type Fields = Partial<Pick<DocumentSummary, 'state' | 'error' | 'pageCount' | 'addedAt'>>;

function document(id: string, fields: Fields): DocumentSummary {
  return { id, state: 'queued', error: null, pageCount: 2, addedAt: 0, ...fields } as DocumentSummary;
}

it('each outcome is counted once, with its pages; what changes afterwards is none', () => {
  const lines: (readonly [string, string, LogDetails?])[] = [];
  const log = new IngestLog({ ...noLog, info: (...line) => lines.push(line) });
  const error = { code: 'pdf-encrypted', message: 'secret.pdf', hint: '', retryable: false } as const;
  log.changed([document('a', {}), document('b', {}), document('old', { state: 'ready' })], []);
  log.changed([document('a', { state: 'ready' }), document('b', { state: 'failed', error })], []);
  // Renamed; and one that was ready before anybody was told that it is there.
  const short = document('c', { state: 'ready', addedAt: Date.now() + 1, pageCount: 1 });
  log.changed([document('a', { state: 'ready' }), short], []);
  log.changed([short], []);
  log.flush();
  expect(lines).toEqual([
    ['ingest', 'ready', expect.objectContaining({ documents: 2, pages: 3 })],
    ['ingest', 'pdf-encrypted', expect.objectContaining({ documents: 1 })],
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
  // One that is read again has an outcome again.
  log.changed([document('a', {})], []);
  log.changed([document('a', { state: 'ready' }), document('gone', {})], ['gone']);
  log.flush();
  expect(lines).toHaveLength(3);
});
