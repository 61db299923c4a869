/** Where the characters of a rendered text stand in the Markdown that it was made of. Pure. */

const entity = /^&(?:#\d{1,7}|#x[\da-f]{1,6}|\w{1,31});/i;
/** Characters of the source that a rendered text leaves out in one go: a backslash, the indentation of a line. */
const longestSkip = 16;

/**
 * Place in the source of each UTF-16 unit of a text node's value. Backslashes of escapes and the indentation of
 * continued lines are in the source alone; an entity stands for one character.
 *
 * @param from Where the node begins in the source.
 */
export function placesOf(value: string, source: string, from: number): readonly number[] {
  const places: number[] = [];
  let at = from;
  for (const character of value.split('')) {
    const entityLength = entity.exec(source.slice(at, at + 36))?.[0].length;
    if (entityLength !== undefined && !(character === '&' && source.startsWith(value.slice(places.length), at))) {
      places.push(at);
      at += entityLength;
      continue;
    }
    const found = source.indexOf(character, at);
    if (found >= 0 && found - at <= longestSkip) at = found;
    places.push(at);
    at += 1;
  }
  return places;
}
