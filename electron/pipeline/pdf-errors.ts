/** The failures of reading a file, in words that a person understands; both engines and the text reader throw these. */
import { AppError } from '../../shared/errors.ts';

export function fileEmpty(fileName: string): AppError {
  return new AppError('file-empty', `“${fileName}” is empty: it has no bytes.`, {
    hint: 'Fetch the file again from where it came.',
  });
}

export function notAPdf(fileName: string, cause?: unknown): AppError {
  return new AppError('pdf-not-a-pdf', `“${fileName}” is not a PDF, although its name says so.`, {
    hint: 'Open it with the program that made it and save it as a PDF.',
    cause,
  });
}

export function pdfDamaged(fileName: string, cause?: unknown): AppError {
  return new AppError('pdf-damaged', `“${fileName}” is damaged: its pages cannot be read.`, {
    hint: 'Fetch the file again, or print it to a new PDF from a program that still opens it.',
    cause,
  });
}

export function pageDamaged(fileName: string, page: number): AppError {
  return new AppError('pdf-damaged', `“${fileName}” is damaged: page ${page} cannot be read.`, {
    hint: 'Save or fetch the file again; until then its earlier version is searched.',
  });
}

export function pdfEncrypted(fileName: string, wrongPassword: boolean, cause?: unknown): AppError {
  return new AppError(
    'pdf-encrypted',
    wrongPassword
      ? `“${fileName}” is protected by a password, and the one given does not open it.`
      : `“${fileName}” is protected by a password.`,
    { hint: 'Open it with its password in a PDF viewer, save a copy without one and add the copy.', cause },
  );
}

export function pdfNoPages(fileName: string): AppError {
  return new AppError('pdf-no-pages', `“${fileName}” has no pages.`, { hint: 'Fetch the file again.' });
}

/** Bytes in which a PDF's header may stand (PDF 32000-1, implementation note 13). */
const headerWindow = 1024;

/** Throws for what no engine can open: an empty file, or one with neither a PDF's header nor one of its objects. */
export function checkPdfHeader(bytes: Uint8Array, fileName: string): void {
  if (bytes.length === 0) throw fileEmpty(fileName);
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, headerWindow));
  if (!head.includes('%PDF') && !/\d\s+\d+\s+obj\b/.test(head)) throw notAPdf(fileName);
}
