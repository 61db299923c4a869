/** Handlers of the requests about recognition: its languages, and recognising again. */
import { recognitionLanguages } from '../../../shared/recognition-languages.ts';
import type { ListedLanguage } from '../../../shared/requests/recognition.ts';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type RecognitionHandlers = Pick<Handlers, Extract<keyof Handlers, `recognition.${string}`>>;

export function recognitionHandlers({ languageData, recognition }: Core): RecognitionHandlers {
  const list = async (): Promise<readonly ListedLanguage[]> => {
    const installed = new Set(await languageData.installed());
    return recognitionLanguages.map((language) => ({ ...language, installed: installed.has(language.code) }));
  };
  return {
    'recognition.listLanguages': list,
    'recognition.installLanguage': async ({ language }) => {
      await languageData.install(language, new AbortController().signal);
      return list();
    },
    'recognition.again': async ({ documentId, languages }) => {
      await recognition.again(documentId, languages);
      return null;
    },
  };
}
