/** The folders with real PDFs that some benchmarks need; they are no part of the project. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

function folderOf(variable: string, fallback: string): string {
  const folder = process.env[variable] ?? join(import.meta.dirname, '..', '..', '..', 'shared', fallback);
  if (!existsSync(folder)) throw new Error(`Set ${variable} to the folder; there is none at ../shared/${fallback}.`);
  return folder;
}

/** Folder with pdfs/ and questions.jsonl. */
export function evaluationFolder(): string {
  return folderOf('QUIRE_BENCH_EVAL', join('eval', 'financebench'));
}

/** Folder with odd and damaged PDFs. */
export function corpusFolder(): string {
  return folderOf('QUIRE_BENCH_CORPUS', join('corpus', 'pdfjs'));
}

export async function pdfsIn(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.toLowerCase().endsWith('.pdf'))
    .sort()
    .map((name) => join(folder, name));
}
