/** How the viewer asks main for the bytes of a long file. */
import { afterEach, expect, test, vi } from 'vitest';
import { LARGEST_ANSWER } from '../../../shared/document-file.ts';
import { fetchRange } from '../../../renderer/features/viewer/pdf-document.ts';

vi.mock('../../../renderer/features/viewer/pdf-workers.ts', () => ({ readerWorker: () => undefined }));

const file = Uint8Array.from({ length: 2 * LARGEST_ANSWER + 77 }, (_, place) => (place * 31) % 251);
const asked: string[] = [];

/** Main, which refuses what is too long to be held. */
function answer(_url: string, { headers }: { headers: { range: string } }): Promise<Response> {
  asked.push(headers.range);
  const [begin = 0, end = 0] = /(\d+)-(\d+)/.exec(headers.range)?.slice(1).map(Number) ?? [];
  const isTooLong = end - begin >= LARGEST_ANSWER;
  return Promise.resolve(
    isTooLong ? new Response(null, { status: 413 }) : new Response(file.slice(begin, end + 1), { status: 206 }),
  );
}
afterEach(() => {
  vi.unstubAllGlobals();
  asked.length = 0;
});

// Catches: a damaged long file, which pdf.js looks through whole, and which main would not answer at once.
test('a long range is put together from pieces that main answers', async () => {
  vi.stubGlobal('fetch', answer);
  const { signal } = new AbortController();
  expect(Buffer.from(await fetchRange('/file', signal, 5, file.length)).equals(file.subarray(5))).toBe(true);
  expect(asked).toHaveLength(9);
  asked.length = 0;
  expect(Buffer.from(await fetchRange('/file', signal, 9, 300_000)).equals(file.subarray(9, 300_000))).toBe(true);
  expect(asked).toEqual(['bytes=9-299999']);
});
