/** Who writes answers: nobody (quotes), a server on this computer, or one elsewhere. */
import { Server } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LocalProvider } from '../../../shared/requests/settings.ts';
import { showError } from '../../app/stores/toast-store.ts';
import { Button } from '../../components/button.tsx';
import { request } from '../../ipc/client.ts';
import { Choice } from './choice.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { TabHead, type TabProps } from './tab.tsx';
import type { EndpointDraft } from './use-settings.ts';

export function AnswersTab({ view, update, setKey }: TabProps) {
  const { settings } = view;
  const { answers } = settings;
  const [found, setFound] = useState<readonly LocalProvider[]>([]);
  // A model that is not set up yet writes nothing: until it is, this is a choice on this page alone.
  const [draft, setDraft] = useState<Pick<typeof answers, 'baseUrl' | 'model'> | null>(null);
  const kind = draft ? 'provider' : answers.kind;

  useEffect(() => {
    let isCurrent = true;
    request('settings.findLocalProviders', {}).then((list) => isCurrent && setFound(list), showError);
    return () => {
      isCurrent = false;
    };
  }, []);

  const choose = (chosen: typeof answers.kind) => {
    if (chosen === 'provider') return setDraft(answers);
    setDraft(null);
    if (answers.kind !== chosen) void update({ ...settings, answers: { ...answers, kind: chosen } });
  };
  const takeUp = async ({ baseUrl, model, key }: EndpointDraft): Promise<boolean> => {
    // The key first: without it the server would be asked in vain.
    if (key !== '' && !(await setKey('answers', baseUrl, key))) return false;
    const isTaken = await update({ ...settings, answers: { kind: 'provider', baseUrl, model } });
    if (isTaken) setDraft(null);
    return isTaken;
  };
  /** One that was found has answered already; only a model may be wanting. */
  const takeFound = ({ baseUrl, models }: LocalProvider) => {
    const [model] = models;
    if (model === undefined) setDraft({ baseUrl, model: '' });
    else void takeUp({ baseUrl, model, key: '' });
  };
  const offered = found.filter((provider) => answers.kind !== 'provider' || provider.baseUrl !== answers.baseUrl);

  return (
    <>
      <TabHead title="Answers" note="Finding the passages always happens on this computer. Who puts them into words?" />
      <Choice
        label="Who writes answers"
        value={kind}
        onChange={choose}
        options={[
          {
            value: 'extractive',
            title: 'Quote my documents',
            note: 'The best sentences, word for word, and rows of tables with the names of their columns, each with its page. Works offline; nothing leaves this computer.',
          },
          {
            value: 'provider',
            title: 'Write with a model',
            note: 'A model reads the passages found for your question and answers from them: your own (Ollama, LM Studio) or a service such as OpenAI.',
          },
        ]}
      />
      {offered.length > 0 ? (
        <ul className="mt-3 flex flex-col gap-2">
          {offered.map((provider) => (
            <li key={provider.baseUrl} className="flex items-center gap-3 rounded-lg bg-accent-soft px-3 py-2">
              <Server size={15} className="shrink-0 text-accent-ink" aria-hidden="true" />
              <span className="min-w-0 flex-1">
                <span className="font-medium">{provider.name}</span> runs on this computer
                <span className="text-muted">
                  {provider.models.length > 0 ? ` · ${provider.models.slice(0, 3).join(', ')}` : ''}
                </span>
              </span>
              <Button onClick={() => takeFound(provider)}>Use it</Button>
            </li>
          ))}
        </ul>
      ) : null}
      {kind === 'provider' ? (
        <EndpointForm
          endpoint="answers"
          baseUrl={(draft ?? answers).baseUrl}
          model={(draft ?? answers).model}
          isInUse={answers.kind === 'provider'}
          meanwhile={
            answers.kind === 'provider'
              ? 'Holds once the server has answered.'
              : 'Until the server has answered, answers are quoted from your documents.'
          }
          hasKey={view.hasAnswersKey}
          keychainError={view.keychainError}
          modelHint="gpt-5-mini"
          sends="Your question and the passages found for it"
          onUse={takeUp}
          onRemoveKey={() => void setKey('answers', answers.baseUrl, '')}
        />
      ) : null}
    </>
  );
}
