import { describe, expect, it } from 'vitest';
import { matchesQuery, searchDocuments } from '../../../renderer/app/document-search.ts';
import { toShelvesState } from '../../../renderer/app/stores/shelves-store.ts';
import type { LibrarySection } from '../../../renderer/app/stores/workspace-store.ts';
import { memberTest } from '../../../renderer/features/library/section-members.ts';
import { sortDocuments, visibleDocuments } from '../../../renderer/features/library/sort-filter.ts';
import { document } from './documents.ts';

const order = (documents: readonly { id: string }[]) => documents.map(({ id }) => id).join('');

describe('sorting documents', () => {
  it('sorts numbers in titles by value, so that Part 10 comes after Part 9', () => {
    const documents = [
      document({ id: 'a', title: 'Part 10' }),
      document({ id: 'b', title: 'part 9' }),
      document({ id: 'c', title: 'Part 1' }),
    ];
    expect(order(sortDocuments(documents, { key: 'title', descending: false }))).toBe('cba');
    expect(order(sortDocuments(documents, { key: 'title', descending: true }))).toBe('abc');
  });

  it('puts documents without an author last in both directions', () => {
    const documents = [
      document({ id: 'a', author: null }),
      document({ id: 'b', author: 'Zadie' }),
      document({ id: 'c', author: 'Ada' }),
    ];
    expect(order(sortDocuments(documents, { key: 'author', descending: false }))).toBe('cba');
    expect(order(sortDocuments(documents, { key: 'author', descending: true }))).toBe('bca');
  });

  it('shows what needs attention first when sorted by state', () => {
    const documents = [
      document({ id: 'a', state: 'ready' }),
      document({ id: 'b', state: 'queued' }),
      document({ id: 'c', state: 'failed' }),
      document({ id: 'd', state: 'extracting' }),
    ];
    expect(order(sortDocuments(documents, { key: 'state', descending: false }))).toBe('cdba');
  });

  it('breaks ties by title, so that documents added in the same moment do not jump about', () => {
    const documents = [document({ id: 'a', title: 'Zeta' }), document({ id: 'b', title: 'Alpha' })];
    expect(order(sortDocuments(documents, { key: 'added', descending: true }))).toBe('ba');
    expect(order(sortDocuments([...documents].reverse(), { key: 'added', descending: true }))).toBe('ba');
  });

  it('does not change the list that it was given', () => {
    const documents = [document({ id: 'b' }), document({ id: 'a' })];
    sortDocuments(documents, { key: 'title', descending: false });
    expect(order(documents)).toBe('ba');
  });
});

describe('filtering documents', () => {
  it('wants every word, in any order, in title, author or file name', () => {
    const filing = document({ id: 'a', title: 'Form 10-K 2022', author: 'Boeing', fileName: 'BA_annual.pdf' });
    expect(matchesQuery(filing, '2022 boeing annual')).toBe(true);
    expect(matchesQuery(filing, '2022 airbus')).toBe(false);
    expect(matchesQuery(filing, '   ')).toBe(true);
  });

  it('finds accents without typing them', () => {
    expect(matchesQuery(document({ id: 'a', title: 'Résumé über Ångström' }), 'resume uber angstrom')).toBe(true);
  });

  it('shows a section, filtered and sorted', () => {
    const now = 100 * 86_400_000;
    const documents = [
      document({ id: 'a', title: 'Old', addedAt: 0 }),
      document({ id: 'b', title: 'New', addedAt: now - 1_000 }),
      document({ id: 'c', title: 'Newer', addedAt: now - 10, state: 'failed' }),
    ];
    const sort = { key: 'added', descending: true } as const;
    const shelves = toShelvesState({
      collections: [{ id: 'x', name: 'Letters', documentIds: ['a', 'b'] }],
      tags: [{ name: 'tax: 2022', documentIds: ['c'] }],
      favourites: ['b'],
    });
    const shown = (section: LibrarySection, query = '') =>
      order(visibleDocuments(documents, { isMember: memberTest(section, shelves, now), query, sort }));
    expect(shown('recent')).toBe('cb');
    expect(shown('failed')).toBe('c');
    expect(shown('all', 'new')).toBe('cb');
    expect(shown('favourites')).toBe('b');
    expect(shown('collection:x')).toBe('ba');
    expect(shown('collection:gone')).toBe('');
    // A tag may hold the sign that names are cut at.
    expect(shown('tag:tax: 2022')).toBe('c');
  });
});

describe('searching documents in the palette', () => {
  it('puts titles that begin with what was typed before those that contain it', () => {
    const documents = [document({ id: 'a', title: 'A note on Boeing' }), document({ id: 'b', title: 'Boeing 10-K' })];
    expect(order(searchDocuments(documents, 'boeing'))).toBe('ba');
  });
});
