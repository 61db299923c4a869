/**
 * Address, model and key of a server that speaks OpenAI's protocol. What is typed is a draft: it holds once the server
 * answered a test with it, or the person wants it all the same.
 */
import { CircleCheck, KeyRound, Zap } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { ProviderTest } from '../../../shared/requests/settings.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';
import { describeDestination } from './destination.ts';
import type { Endpoint, EndpointDraft } from './use-settings.ts';

export interface EndpointFormProps {
  readonly endpoint: Endpoint;
  readonly baseUrl: string;
  readonly model: string;
  /** Whether this address and model are what is used now. */
  readonly isInUse: boolean;
  /** What happens until they are, for the sentence below the button. */
  readonly meanwhile: string;
  readonly hasKey: boolean;
  /** True where the address is not the person's to choose. */
  readonly hasFixedUrl?: boolean;
  readonly keychainError: ErrorInfo | null;
  readonly modelHint: string;
  /** What is sent there, for the sentence on privacy. */
  readonly sends: string;
  /** Makes it hold; resolves to false when that failed. */
  readonly onUse: (draft: EndpointDraft) => Promise<boolean>;
  readonly onRemoveKey: () => void;
}

/** Models that are offered as buttons; the field suggests them all. */
const shownModels = 8;

export function EndpointForm(props: EndpointFormProps) {
  const { endpoint, baseUrl, model, isInUse, meanwhile, hasKey, hasFixedUrl = false } = props;
  const { keychainError, modelHint, sends, onUse, onRemoveKey } = props;
  const [url, setUrl] = useState(baseUrl);
  const [modelName, setModelName] = useState(model);
  const [key, setKey] = useState('');
  const [test, setTest] = useState<ProviderTest | 'running' | null>(null);
  const modelList = useId();
  const [saved, setSaved] = useState({ baseUrl, model });
  // Another server was chosen outside of this form (one found on this computer).
  if (saved.baseUrl !== baseUrl || saved.model !== model) {
    setSaved({ baseUrl, model });
    setUrl(baseUrl);
    setModelName(model);
  }
  const destination = describeDestination(url);
  const models = test !== null && test !== 'running' ? test.models : [];
  const holds = isInUse && url === baseUrl && modelName === model && key.trim() === '';
  const isComplete = destination !== null && modelName.trim() !== '';

  const takeUp = async () => {
    if (await onUse({ baseUrl: url, model: modelName.trim(), key: key.trim() })) setKey('');
  };
  const runTest = async () => {
    setTest('running');
    try {
      const result = await request('settings.testProvider', { endpoint, baseUrl: url, model: modelName.trim(), key });
      setTest(result);
      if (result.ok && isComplete && !holds) await takeUp();
    } catch (thrown) {
      setTest({ ok: false, error: toAppError(thrown).toInfo(), milliseconds: 0, models: [] });
    }
  };
  const edit = (change: () => void) => {
    change();
    // What a test found was about what stood there before; the models that the server has stay offered.
    setTest((last) => (last === null || last === 'running' ? last : { ...last, ok: false, error: null }));
  };

  return (
    <form
      className="mt-4 flex flex-col gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void runTest();
      }}
    >
      <TextField
        label="Server address"
        type="url"
        value={url}
        onChange={(event) => edit(() => setUrl(event.target.value))}
        aria-invalid={destination === null}
        disabled={hasFixedUrl}
        note={
          destination === null ? (
            <span className="text-danger">An address begins with http:// or https://.</span>
          ) : destination.isThisComputer ? (
            `${sends} stay on this computer.`
          ) : (
            `${sends} go to ${destination.host}.`
          )
        }
      />
      <TextField
        label="Model"
        value={modelName}
        list={modelList}
        placeholder={modelHint}
        onChange={(event) => edit(() => setModelName(event.target.value))}
        note={modelName === '' ? 'Name the model. Test shows which ones the server has.' : null}
      />
      <datalist id={modelList}>
        {models.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField
        label="Key"
        type="password"
        value={key}
        placeholder={hasKey ? 'Saved in the keychain' : 'Only if the server wants one'}
        disabled={keychainError !== null}
        onChange={(event) => edit(() => setKey(event.target.value))}
        note="Kept in your system’s keychain alone. It is never shown again."
        trailing={
          hasKey ? (
            <Button className="h-8" icon={<KeyRound size={13} />} onClick={onRemoveKey}>
              Remove
            </Button>
          ) : null
        }
      />
      {keychainError && test === null ? <InlineError error={keychainError} /> : null}
      {models.length > 0 && !models.includes(modelName) ? (
        <div role="group" aria-label="Models of this server" className="flex flex-wrap gap-1.5">
          {models.slice(0, shownModels).map((name) => (
            <Button key={name} onClick={() => edit(() => setModelName(name))}>
              {name}
            </Button>
          ))}
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          tone={holds ? 'plain' : 'primary'}
          className="h-8"
          icon={<Zap size={13} />}
          disabled={test === 'running' || destination === null}
        >
          {test === 'running' ? 'Testing…' : holds ? 'Test' : 'Test and use'}
        </Button>
        {test !== null && test !== 'running' && test.error && isComplete && !holds ? (
          <Button className="h-8" onClick={() => void takeUp()}>
            Use anyway
          </Button>
        ) : null}
        {holds || test === 'running' ? null : (
          <span className="min-w-0 flex-1 text-label text-muted" data-testid="endpoint-pending">
            {meanwhile}
          </span>
        )}
      </div>
      <TestResult test={test} />
    </form>
  );
}

/** Comes into sight by itself: it stands at the end of what may be scrolled. */
function TestResult({ test }: { readonly test: ProviderTest | 'running' | null }) {
  const element = useRef<HTMLDivElement>(null);
  const isThere = test !== null && test !== 'running' && (test.ok || test.error !== null);
  useEffect(() => {
    if (isThere) element.current?.scrollIntoView({ block: 'nearest' });
  }, [test, isThere]);
  return (
    <div ref={element} role="status" className="scroll-mb-6" data-testid="test-result">
      {!isThere ? null : test.ok ? (
        <p className="flex items-center gap-1.5 text-label text-success">
          <CircleCheck size={14} aria-hidden="true" />
          It answers, after {Math.round(test.milliseconds).toLocaleString('en')} ms.
        </p>
      ) : test.error ? (
        <InlineError error={test.error} />
      ) : null}
    </div>
  );
}
