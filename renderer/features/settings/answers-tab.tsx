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

export function AnswersTab({ view, update, setKey }: TabProps) {
  const { settings } = view;
  const { answers } = settings;
  const [found, setFound] = useState<readonly LocalProvider[]>([]);

  useEffect(() => {
    let isCurrent = true;
    request('settings.findLocalProviders', {}).then((list) => isCurrent && setFound(list), showError);
    return () => {
      isCurrent = false;
    };
  }, []);

  const use = (provider: LocalProvider) =>
    void update({
      ...settings,
      answers: { kind: 'provider', baseUrl: provider.baseUrl, model: provider.models[0] ?? answers.model },
    });
  const offered = found.filter((provider) => answers.kind !== 'provider' || provider.baseUrl !== answers.baseUrl);

  return (
    <>
      <TabHead title="Answers" note="Finding the passages always happens on this computer. Who puts them into words?" />
      <Choice
        label="Who writes answers"
        value={answers.kind}
        onChange={(kind) => void update({ ...settings, answers: { ...answers, kind } })}
        options={[
          {
            value: 'extractive',
            title: 'Quote my documents',
            note: 'The best sentences, word for word, each with its page. Works offline; nothing leaves this computer.',
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
              <Button onClick={() => use(provider)}>Use it</Button>
            </li>
          ))}
        </ul>
      ) : null}
      {answers.kind === 'provider' ? (
        <EndpointForm
          endpoint="answers"
          baseUrl={answers.baseUrl}
          model={answers.model}
          hasKey={view.hasAnswersKey}
          keychainError={view.keychainError}
          modelHint="gpt-5-mini"
          sends="Your question and the passages found for it"
          onChange={(fields) => void update({ ...settings, answers: { ...answers, ...fields } })}
          onKey={(key) => setKey('answers', key)}
        />
      ) : null}
    </>
  );
}
