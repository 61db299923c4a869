/** Who makes the vectors by which passages are found by meaning. */
import { Choice } from './choice.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { TabHead, type TabProps } from './tab.tsx';

const openAiUrl = 'https://api.openai.com/v1';

export function EmbedderTab({ view, update, setKey }: TabProps) {
  const { settings } = view;
  const { embedder } = settings;
  return (
    <>
      <TabHead
        title="Search"
        note="Passages are found by their words and by their meaning. A change of model indexes your library again in the background; search goes on meanwhile."
      />
      <Choice
        label="Who makes the vectors"
        value={embedder.kind}
        onChange={(kind) =>
          void update({
            ...settings,
            embedder: { ...embedder, kind, ...(kind === 'openai' ? { baseUrl: openAiUrl } : {}) },
          })
        }
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
      {embedder.kind === 'built-in' ? null : (
        <EndpointForm
          key={embedder.kind}
          hasFixedUrl={embedder.kind === 'openai'}
          endpoint="embedder"
          baseUrl={embedder.baseUrl}
          model={embedder.model}
          hasKey={view.hasEmbedderKey}
          keychainError={view.keychainError}
          modelHint="text-embedding-3-small"
          sends="The passages of your library and your questions"
          onChange={(fields) => void update({ ...settings, embedder: { ...embedder, ...fields } })}
          onKey={(key) => setKey('embedder', key)}
        />
      )}
    </>
  );
}
