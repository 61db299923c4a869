/** Who makes the vectors by which passages are found by meaning. */
import { useState } from 'react';
import type { Settings } from '../../../shared/requests/settings.ts';
import { useStatusStore } from '../../app/stores/status-store.ts';
import { Choice } from './choice.tsx';
import { EmbedderOffer } from './embedder-offer.tsx';
import { EmbedderProgress } from './embedder-progress.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { TabHead, type TabProps } from './tab.tsx';
import type { EndpointDraft } from './use-settings.ts';

const openAiUrl = 'https://api.openai.com/v1';

interface Offer {
  readonly embedder: Settings['embedder'];
  readonly key: string;
}

export function EmbedderTab({ view, update, setKey, cancelEmbedderChange }: TabProps) {
  const { settings } = view;
  const { embedder } = settings;
  const rebuild = useStatusStore((state) => state.status?.rebuild ?? null);
  const note = useStatusStore((state) => state.status?.embedder.note ?? null);
  // Another model makes no vectors before its server has answered.
  const [draft, setDraft] = useState<Exclude<typeof embedder.kind, 'built-in'> | null>(null);
  /** A change that is told of, and not accepted yet. */
  const [offer, setOffer] = useState<Offer | null>(null);
  /** Grows when what was typed has become what is used. */
  const [round, setRound] = useState(0);
  const kind = offer?.embedder.kind ?? draft ?? embedder.kind;

  const leave = () => {
    setOffer(null);
    if (offer?.embedder.kind === 'built-in') setDraft(null);
  };
  const choose = (chosen: typeof embedder.kind) => {
    setOffer(null);
    if (chosen === embedder.kind) return setDraft(null);
    if (chosen !== 'built-in') return setDraft(chosen);
    setDraft(null);
    setOffer({ embedder: { ...embedder, kind: chosen }, key: '' });
  };
  const propose = async ({ baseUrl, model, key }: EndpointDraft): Promise<boolean> => {
    const isSameServer = kind === embedder.kind && baseUrl === embedder.baseUrl && model === embedder.model;
    // Another key of the same server makes no other vectors.
    if (isSameServer) return key === '' || setKey('embedder', baseUrl, key);
    if (kind !== 'built-in') setOffer({ embedder: { kind, baseUrl, model }, key });
    return false;
  };
  const accept = async ({ embedder: wanted, key }: Offer): Promise<void> => {
    if (key !== '' && !(await setKey('embedder', wanted.baseUrl, key))) return;
    if (!(await update({ ...settings, embedder: wanted }))) return;
    setOffer(null);
    setDraft(null);
    setRound((last) => last + 1);
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
      {rebuild && !offer ? (
        <EmbedderProgress
          rebuild={rebuild}
          note={note}
          onCancel={() => void cancelEmbedderChange().then(() => setRound((last) => last + 1))}
        />
      ) : null}
      {kind === 'built-in' ? null : (
        <EndpointForm
          key={`${kind} ${round}`}
          hasFixedUrl={kind === 'openai'}
          endpoint="embedder"
          baseUrl={baseUrl}
          model={embedder.model}
          isInUse={kind === embedder.kind}
          meanwhile="Nothing of your library is sent, and search stays as it is, until you have seen what a change takes."
          hasKey={view.hasEmbedderKey}
          keychainError={view.keychainError}
          modelHint="text-embedding-3-small"
          sends="The passages of your library and your questions"
          onUse={propose}
          onRemoveKey={() => void setKey('embedder', embedder.baseUrl, '')}
        />
      )}
      {offer ? (
        <EmbedderOffer
          key={JSON.stringify(offer.embedder)}
          embedder={offer.embedder}
          apiKey={offer.key}
          onAccept={() => void accept(offer)}
          onLeave={leave}
        />
      ) : null}
    </>
  );
}
