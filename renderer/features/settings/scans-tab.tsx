/** Scans: the languages in which pages without text are recognised. */
import { LanguagePicker } from '../../components/language-picker.tsx';
import { useRecognitionLanguages } from '../../hooks/use-recognition-languages.ts';
import { TabHead, type TabProps } from './tab.tsx';

export function ScansTab({ view, update }: TabProps) {
  const { settings } = view;
  const model = useRecognitionLanguages();
  return (
    <>
      <TabHead
        title="Scans"
        note="Pages without text of their own are recognised on this computer, in these languages where none were chosen for the document. A page in another language that is here is noticed."
      />
      <LanguagePicker
        label="Languages of scans"
        {...model}
        chosen={settings.recognition.languages}
        onChange={(languages) => void update({ ...settings, recognition: { languages: [...languages] } })}
      />
    </>
  );
}
