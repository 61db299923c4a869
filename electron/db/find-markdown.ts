/**
 * Find in stored Markdown as a reader sees it: the marks of bold, italic, code, struck out text and links part no words,
 * and what is looked for as it is written is found as well. Pure.
 */
import { withoutMarks } from '../pipeline/markdown-marks.ts';
import { textFinder, type FoundText } from './find-text.ts';

/** A query made ready for many texts. Matches come in order, none on another. */
export function markdownFinder(query: string): (text: string, limit: number) => FoundText[] {
  const find = textFinder(query);
  return (text, limit) => {
    const written = find(text, limit);
    const unmarked = withoutMarks(text);
    if (!unmarked) return written;
    const { places } = unmarked;
    const read = find(unmarked.text, limit).map(({ start, end }) => ({
      start: places[start] ?? 0,
      end: (places[end - 1] ?? 0) + 1,
    }));
    const all = [...written, ...read].sort((one, other) => one.start - other.start || one.end - other.end);
    let end = 0;
    const apart = all.filter((match) => {
      if (match.start < end) return false;
      end = match.end;
      return true;
    });
    return apart.slice(0, limit);
  };
}
