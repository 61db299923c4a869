/**
 * The name of a document's text as it is here: made of its rows, so that the same file read by two computers is one
 * reading, which neither has to send to the other.
 */
import { createHash } from 'node:crypto';
import type { ChunkRow, PageRow } from '../../../sync/ports/remote-parts.ts';

/**
 * A UUID of version 8 (RFC 9562): the first 122 bits of a SHA-256 that tell nothing else.
 *
 * @param documentHash SHA-256 of the document's bytes, hex.
 * @param pages In order; all of them, as `chunks`.
 */
export function readingIdOf(documentHash: string, pages: Iterable<PageRow>, chunks: Iterable<ChunkRow>): string {
  const hash = createHash('sha256').update(documentHash);
  for (const { geometry, confidence, ...page } of pages) {
    // An absent confidence and one of null are two things.
    hash.update(JSON.stringify([Object.values(page), confidence === undefined ? [] : [confidence], geometry.length]));
    hash.update(geometry);
  }
  for (const { contentHash, boxes, ...chunk } of chunks) {
    hash.update(JSON.stringify([Object.values(chunk), boxes.length]));
    hash.update(contentHash);
    hash.update(boxes);
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
