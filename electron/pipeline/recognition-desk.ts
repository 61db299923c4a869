/** What the pipeline host does with pages that have no text: draws them and has their pictures recognised. */
import { readStored } from '../encryption/stored-file.ts';
import { AppError } from '../../shared/errors.ts';
import { MOST_LANGUAGES, recognitionLanguageOf } from '../../shared/recognition-languages.ts';
import type { PdfDocument, PdfReader } from './ports/pdf-reader.ts';
import type { PageRecognizer } from './ports/page-recognizer.ts';
import type { HostCallbacks, HostFunctions } from './ports/pipeline-host.ts';
import { readPicture } from './read-picture.ts';
import {
  isBlank,
  pictureSize,
  RECOGNITION_RESOLUTION,
  recognisedPage,
  toGrey,
  type PageOfPicture,
  type RecognisedPage,
} from './recognition.ts';

export interface RecognitionDesk {
  recognise(job: Parameters<HostFunctions['recognise']>[0], signal: AbortSignal): Promise<void>;
}

export interface RecognitionEngines {
  /** The second draws what the first can't open. */
  readonly readers: readonly PdfReader[];
  readonly recognizer: PageRecognizer;
}

export function createRecognitionDesk(callbacks: HostCallbacks, engines: RecognitionEngines): RecognitionDesk {
  return {
    async recognise({ jobId, file, fileName, pages, languages }, signal) {
      const document = await openFirst(await readStored(file), fileName, engines.readers);
      const onProgress = (): void => callbacks.alive(jobId);
      let next = 0;
      let goesOn = true;
      let { wanted } = languages;
      const lane = async (): Promise<void> => {
        for (let number = pages[next++]; number !== undefined && goesOn; number = pages[next++]) {
          signal.throwIfAborted();
          const read = async (codes: readonly string[]): Promise<RecognisedPage> => {
            const options = { signal, onProgress, languages: { codes, folder: languages.folder } };
            return withLanguage(await recognise(document, number, engines.recognizer, options), codes);
          };
          let page = await read(wanted);
          const code = recognitionLanguageOf(page.language)?.code;
          if (code !== undefined && !wanted.includes(code) && languages.others.includes(code)) {
            // The rest of the document is most likely in it, too.
            wanted = [code, ...wanted].slice(0, MOST_LANGUAGES);
            page = await read(wanted);
          }
          // What has come in meanwhile goes first.
          if (!(await callbacks.recognised(jobId, page))) goesOn = false;
        }
      };
      try {
        const lanes = Array.from({ length: Math.min(engines.recognizer.lanes, pages.length) }, lane);
        const ended = await Promise.allSettled(lanes);
        const failed = ended.find((result) => result.status === 'rejected');
        if (failed) throw failed.reason;
      } finally {
        await document.close();
      }
    },
  };
}

/** Tells the page's language. */
async function withLanguage(page: PageOfPicture, languages: readonly string[]): Promise<RecognisedPage> {
  if (!page.page) return { ...page, language: null, languages };
  const { languageOf, NEARLY_CERTAIN } = await import('./language.ts');
  return { ...page, language: languageOf([page.page], null, NEARLY_CERTAIN), languages };
}

async function openFirst(bytes: Uint8Array, fileName: string, readers: readonly PdfReader[]): Promise<PdfDocument> {
  let first: unknown;
  for (const reader of readers) {
    try {
      return await reader.open(bytes, { fileName });
    } catch (thrown) {
      first ??= thrown;
    }
  }
  throw first;
}

async function recognise(
  document: PdfDocument,
  number: number,
  recognizer: PageRecognizer,
  options: Parameters<typeof readPicture>[2],
): Promise<PageOfPicture> {
  const nothing = { number, page: null, confidence: null };
  let drawn;
  try {
    const page = await document.readPage(number);
    drawn = { page, image: toGrey(await document.renderPage(number, pictureSize(page)), RECOGNITION_RESOLUTION) };
  } catch (thrown) {
    // A page that can't be drawn has no text for anybody.
    if (thrown instanceof AppError && thrown.code === 'pdf-damaged') return nothing;
    throw thrown;
  }
  options.onProgress();
  if (isBlank(drawn.image)) return nothing;
  return recognisedPage(drawn.page, await readPicture(drawn.image, recognizer, options));
}
