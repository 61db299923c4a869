import { expect, test } from 'vitest';
import { elsewhereNote } from '../../../electron/core/elsewhere.ts';
import type { PartElsewhere } from '../../../electron/db/sync-types.ts';
import { BROUGHT, nearestDocuments } from '../../../electron/sync/parts/nearest.ts';

function away(total: number, ...ids: string[]): PartElsewhere {
  return { total, documents: ids.map((documentId) => ({ documentId, hasVectors: true })) };
}

const compared = (...ids: string[]) => ({ compared: ids, brought: [], late: [] });

test.each([
  [away(3), null, null],
  [away(1, 'a'), null, '1 of 1 document is not on this computer yet and was not searched.'],
  [away(3, 'a', 'b'), null, '2 of 3 documents are not on this computer yet and were not searched.'],
  [away(3, 'a', 'b'), compared(), '2 of 3 documents are not on this computer yet and were not searched.'],
  [
    away(9, 'a'),
    compared('a', 'c'),
    '1 of 9 documents is not on this computer yet and was searched on the server, by meaning alone.',
  ],
  [
    away(9, 'a', 'b', 'c'),
    compared('a'),
    '3 of 9 documents are not on this computer yet: 1 was searched on the server, by meaning alone, 2 not at all.',
  ],
  // It has something near that did not come: to say that it was searched would hide that.
  [
    away(9, 'a', 'b'),
    { compared: ['a', 'b'], brought: [], late: ['b'] },
    '2 of 9 documents are not on this computer yet: 1 was searched on the server, by meaning alone, 1 not at all.',
  ],
])('what is told of %o', (part, brought, note) => {
  expect(elsewhereNote(part, brought)).toBe(note);
});

test('documents are chosen by their nearest passage, each once, and not too many', () => {
  const passages = [
    { documentId: 'b', cosine: 0.5 },
    { documentId: 'a', cosine: 0.9 },
    { documentId: 'a', cosine: 0.8 },
    { documentId: 'c', cosine: 0.85 },
  ];
  expect(nearestDocuments(passages)).toEqual(['a', 'c', 'b']);
  const many = Array.from({ length: 30 }, (_, index) => ({ documentId: `d${index}`, cosine: 1 - index / 100 }));
  expect(nearestDocuments(many)).toEqual(many.slice(0, BROUGHT).map(({ documentId }) => documentId));
});
