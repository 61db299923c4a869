/** Who makes the vectors by which passages are found by meaning. */
import { useState } from 'react';
import { Choice } from './choice.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { TabHead, type TabProps } from './tab.tsx';
import type { EndpointDraft } from './use-settings.ts';

const openAiUrl = 'https://api.openai.com/v1';

export function EmbedderTab({ view, update, setKey }: TabProps) {
  const { settings } = view;
  const { embedder } = settings;
  // Another model makes no vectors before its server has answered.
  const [draft, setDraft] = useState<Exclude<typeof embedder.kind, 'built-in'> | null>(null);
  const kind = draft ?? embedder.kind;
  const choose = (chosen: typeof embedder.kind) => {
    if (chosen === embedder.kind) return setDraft(null);
    if (chosen !== 'built-in') return setDraft(chosen);
    setDraft(null);
    void update({ ...settings, embedder: { ...embedder, kind: chosen } });
  };
  const takeUp = async ({ baseUrl, model, key }: EndpointDraft): Promise<boolean> => {
    if (key !== '' && !(await setKey('embedder', baseUrl, key))) return false;
    const isTaken = await update({ ...settings, embedder: { kind, baseUrl, model } });
    if (isTaken) setDraft(null);
    return isTaken;
  };
  const baseUrl = kind === 'openai' ? openAiUrl : embedder.baseUrl;
  return (
    <>
      <TabHead
        title="Search"
        note="Passages are found by their words and by their meaning. A change of model indexes your library again in the background; search goes on meanwhile."
      />
      <Choice
        label="Who makes the vectors"
        value={kind}
        onChange={choose}
        options={[
          {
            value: 'built-in',
            title: 'Built-in model',
            note: 'all-MiniLM-L6-v2, on this computer. Works offline; nothing leaves this computer.',
          },
          { value: 'openai', title: 'OpenAI', note: 'The text of every passage of your library goes to OpenAI, once.' },
          {
            value: 'compatible',
            title: 'Another server',
            note: 'Any server that speaks OpenAI’s protocol, also one on this computer.',
          },
        ]}
      />
      {kind === 'built-in' ? null : (
        <EndpointForm
          key={kind}
          hasFixedUrl={kind === 'openai'}
          endpoint="embedder"
          baseUrl={baseUrl}
          model={embedder.model}
          isInUse={kind === embedder.kind}
          meanwhile="Nothing is sent, and search stays as it is, until the server has answered."
          hasKey={view.hasEmbedderKey}
          keychainError={view.keychainError}
          modelHint="text-embedding-3-small"
          sends="The passages of your library and your questions"
          onUse={takeUp}
          onRemoveKey={() => void setKey('embedder', embedder.baseUrl, '')}
        />
      )}
    </>
  );
}
