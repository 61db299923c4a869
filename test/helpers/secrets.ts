/** Looks for secrets in files, however they may have been written there. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What nobody may find, by what it is. */
export type Secrets = ReadonlyMap<string, string>;

/** Characters of the pieces that are looked for beside the whole: a message may be cut, a store may compress. */
const PIECE = 14;

/** The text itself and its pieces, as UTF-8, as UTF-16 (Chromium's stores), in hex, base64 and as part of an address. */
function formsOf(text: string): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>();
  const whole = text.length < PIECE ? [text] : piecesOf(text);
  for (const [index, piece] of whole.entries()) {
    const bytes = Buffer.from(piece);
    forms.set(`text ${index}`, bytes);
    forms.set(`UTF-16 ${index}`, Buffer.from(piece, 'utf16le'));
    forms.set(`hex ${index}`, Buffer.from(bytes.toString('hex')));
    const encoded = encodeURIComponent(piece);
    if (encoded !== piece) forms.set(`address ${index}`, Buffer.from(encoded));
    // Where it begins in what is encoded decides which letters it gets; those that neighbours share are left out.
    for (const before of [0, 1, 2]) {
      const base64 = Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .replaceAll('=', '');
      forms.set(`base64 ${index} at ${before}`, Buffer.from(base64.slice(before === 0 ? 0 : before + 1, -2)));
    }
  }
  return forms;
}

function piecesOf(text: string): readonly string[] {
  const middle = Math.floor((text.length - PIECE) / 2);
  return [...new Set([text.slice(0, PIECE), text.slice(middle, middle + PIECE), text.slice(-PIECE)])];
}

/** `file: what it is, in which form`, for every file below a folder and each of these texts (of programs, for one). */
export async function findSecrets(
  folder: string,
  secrets: Secrets,
  texts: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const wanted = [...secrets].flatMap(([what, secret]) => [...formsOf(secret)].map((form) => [what, ...form] as const));
  const found: string[] = [];
  const look = (name: string, bytes: Buffer): void => {
    for (const [what, form, needle] of wanted) if (bytes.includes(needle)) found.push(`${name}: ${what}, ${form}`);
  };
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    look(relative(folder, path), await readFile(path));
  }
  for (const [name, text] of Object.entries(texts)) look(name, Buffer.from(text));
  return found;
}
