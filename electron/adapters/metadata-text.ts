/** A text of a PDF's metadata as people may see it: without control characters, trimmed; null when nothing is left. */
export function metadataText(text: string): string | null {
  // eslint-disable-next-line no-control-regex -- metadata of broken files is full of them
  const trimmed = text.replace(/[\u0000-\u001f\ufffd]+/g, ' ').trim();
  return trimmed === '' ? null : trimmed;
}
