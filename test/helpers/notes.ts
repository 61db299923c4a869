/** Folders of many small text files, each with words of its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes `note-001.txt` and so on into a folder, which is made when it is not there; answers with the folder. */
export async function makeFolderOfNotes(folder: string, count: number, about = 'harbour crane'): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const name = `note-${String(number).padStart(3, '0')}.txt`;
    await writeFile(join(folder, name), `Note ${number} tells of the ${about} number ${number}.\n`);
  }
  return folder;
}
