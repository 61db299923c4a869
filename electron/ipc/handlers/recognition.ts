/** Handlers of the requests about recognition: its languages, and recognising again. */
import { languagesWithout, recognitionLanguages } from '../../../shared/recognition-languages.ts';
import type { ListedLanguage } from '../../../shared/requests/recognition.ts';
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type RecognitionHandlers = Pick<Handlers, Extract<keyof Handlers, `recognition.${string}`>>;
type Parts = Pick<Core, 'languageData' | 'originals' | 'recognition' | 'settings'>;

export function recognitionHandlers({ languageData, originals, recognition, settings }: Parts): RecognitionHandlers {
  const list = async (): Promise<readonly ListedLanguage[]> => {
    const installed = new Set(await languageData.installed());
    const downloading = new Set(languageData.downloading);
    return recognitionLanguages.map((language) => ({
      ...language,
      installed: installed.has(language.code),
      downloading: downloading.has(language.code),
    }));
  };
  return {
    'recognition.listLanguages': list,
    'recognition.installLanguage': async ({ language }) => {
      await languageData.install(language);
      return list();
    },
    'recognition.cancelLanguage': async ({ language }) => {
      await languageData.cancel(language);
      return list();
    },
    'recognition.removeLanguage': async ({ language }) => {
      await languageData.remove(language);
      const { languages } = settings.current.recognition;
      if (languages.includes(language)) {
        const left = [...languagesWithout(languages, language)];
        await settings.update({ ...settings.current, recognition: { languages: left } });
      }
      return list();
    },
    'recognition.again': async ({ documentId, languages }) => {
      await originals.haveOf(documentId);
      await recognition.again(documentId, languages);
      return null;
    },
  };
}
