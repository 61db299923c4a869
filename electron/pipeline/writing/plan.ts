/**
 * Plans how long material is written about: passages in groups that fit a prompt (map), what was noted of each group
 * put together, level by level, until it fits one prompt (reduce). Pure.
 *
 * Every note keeps the passages that it cites, so that what is written at the end still cites pages.
 */

/** What was noted of a part: `[n]` in the text stands for `references[n - 1]`. */
export interface Note {
  readonly text: string;
  /** Indices of the whole work's passages. */
  readonly references: readonly number[];
}

/**
 * Groups in order, none above the budget unless one item alone is, and of about the same size: a last group of one
 * passage would be a part that says nothing.
 */
export function groupByBudget<Item>(
  items: readonly Item[],
  weightOf: (item: Item) => number,
  budget: number,
): readonly (readonly Item[])[] {
  const fewest = greedy(items, weightOf, budget);
  if (fewest.length < 2) return fewest;
  const total = items.reduce((sum, item) => sum + weightOf(item), 0);
  // Even shares may need a little more than their mean; what does not come out in as few groups is left as it was.
  for (const slack of [1, 1.08, 1.2]) {
    const even = greedy(items, weightOf, Math.min(budget, (total / fewest.length) * slack));
    if (even.length === fewest.length) return even;
  }
  return fewest;
}

function greedy<Item>(items: readonly Item[], weightOf: (item: Item) => number, budget: number): Item[][] {
  const groups: Item[][] = [];
  let left = 0;
  for (const item of items) {
    const weight = weightOf(item);
    const group = groups.at(-1);
    if (group && weight <= left) {
      group.push(item);
      left -= weight;
    } else {
      groups.push([item]);
      left = budget - weight;
    }
  }
  return groups;
}

/** Share of a prompt that one note may take: so many fit in one prompt that each level has far fewer than the one before. */
const largestNoteShare = 1 / 5;
/** Share that a model is asked to keep to, since it counts badly. */
const askedNoteShare = 1 / 9;
/** Tokens of a word, in the rough count of prompts that errs on the high side. */
const tokensAWord = 2.2;

export interface NoteSize {
  /** What a model is asked for. */
  readonly words: number;
  /** Where a note is cut. */
  readonly tokens: number;
}

/** How long the note of one part may be. @param budget Tokens of a prompt that material may take. */
export function noteSize(budget: number): NoteSize {
  return {
    words: Math.max(60, Math.round((budget * askedNoteShare) / tokensAWord / 10) * 10),
    tokens: Math.floor(budget * largestNoteShare),
  };
}

/** How many requests come after the parts, when notes are as long as they are asked to be. */
export function estimatedJoins(parts: number, budget: number): number {
  const together = Math.max(2, Math.floor(1 / askedNoteShare) - 1);
  let joins = 0;
  for (let notes = parts; notes > together && budget > 0;) {
    notes = Math.ceil(notes / together);
    joins += notes;
  }
  return joins;
}

/** Notes with numbers of their own for one prompt: each passage once, in the order of first use. */
export interface NumberedNotes {
  readonly texts: readonly string[];
  /** Indices of the whole work's passages; `[n]` stands for the one at n - 1. */
  readonly references: readonly number[];
}

export function numberNotes(notes: readonly Note[]): NumberedNotes {
  const numbers = new Map<number, number>();
  const texts = notes.map(({ text, references }) =>
    text.replace(/\[(\d{1,3})\]/g, (mark, number: string) => {
      const passage = references[Number(number) - 1];
      if (passage === undefined) return mark;
      const known = numbers.get(passage) ?? numbers.size + 1;
      numbers.set(passage, known);
      return `[${known}]`;
    }),
  );
  return { texts, references: [...numbers.keys()] };
}

/** A note cut to a number of characters at the end of a line or a word, with the references that are left. */
export function cutNote({ text, references }: Note, characters: number): Note {
  if (text.length <= characters) return { text, references };
  const cut = text.slice(0, characters);
  const end = Math.max(cut.lastIndexOf('\n'), cut.lastIndexOf('. ') + 1, characters / 2);
  return { text: cut.slice(0, end).trimEnd(), references };
}

/** True for the answer of a part in which there was nothing for the piece. */
export function isEmptyNote(text: string): boolean {
  return /^\W*(?:nothing|none|n\/a)?\W*$/i.test(text);
}
