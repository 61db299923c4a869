/** Address, model and key of a server that speaks OpenAI's protocol, with a test that says whether it answers. */
import { CircleCheck, KeyRound, Zap } from 'lucide-react';
import { useId, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { ProviderTest } from '../../../shared/requests/settings.ts';
import { Button } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
import { request } from '../../ipc/client.ts';
import { describeDestination } from './destination.ts';
import type { Endpoint } from './use-settings.ts';

export interface EndpointFormProps {
  readonly endpoint: Endpoint;
  readonly baseUrl: string;
  readonly model: string;
  readonly hasKey: boolean;
  /** True where the address is not the person's to choose. */
  readonly hasFixedUrl?: boolean;
  readonly keychainError: ErrorInfo | null;
  readonly modelHint: string;
  /** What is sent there, for the sentence on privacy. */
  readonly sends: string;
  readonly onChange: (fields: { baseUrl: string; model: string }) => void;
  readonly onKey: (key: string) => Promise<boolean>;
}

/** Models that are offered as buttons; the field suggests them all. */
const shownModels = 8;

export function EndpointForm(props: EndpointFormProps) {
  const {
    endpoint,
    baseUrl,
    model,
    hasKey,
    hasFixedUrl = false,
    keychainError,
    modelHint,
    sends,
    onChange,
    onKey,
  } = props;
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

  const save = (name = modelName) => {
    if (destination !== null && (url !== baseUrl || name !== model)) onChange({ baseUrl: url, model: name });
  };
  const saveKey = async () => {
    if (key.trim() !== '' && (await onKey(key))) setKey('');
  };
  const runTest = async () => {
    save();
    await saveKey();
    setTest('running');
    try {
      setTest(await request('settings.testProvider', { endpoint, baseUrl: url, model: modelName }));
    } catch (thrown) {
      setTest({ ok: false, error: toAppError(thrown).toInfo(), milliseconds: 0, models: [] });
    }
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
        onChange={(event) => setUrl(event.target.value)}
        onBlur={() => save()}
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
        onChange={(event) => setModelName(event.target.value)}
        onBlur={() => save()}
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
        onChange={(event) => setKey(event.target.value)}
        onBlur={() => void saveKey()}
        note="Kept in your system’s keychain alone. It is never shown again."
        trailing={
          hasKey ? (
            <Button className="h-8" icon={<KeyRound size={13} />} onClick={() => void onKey('')}>
              Remove
            </Button>
          ) : null
        }
      />
      {keychainError ? <InlineError error={keychainError} /> : null}
      <div className="flex items-center gap-3">
        <Button
          type="submit"
          className="h-8"
          icon={<Zap size={13} />}
          disabled={test === 'running' || destination === null}
        >
          {test === 'running' ? 'Testing…' : 'Test'}
        </Button>
        <TestResult test={test} />
      </div>
      {models.length > 0 && !models.includes(modelName) ? (
        <div role="group" aria-label="Models of this server" className="flex flex-wrap gap-1.5">
          {models.slice(0, shownModels).map((name) => (
            <Button
              key={name}
              onClick={() => {
                setModelName(name);
                save(name);
              }}
            >
              {name}
            </Button>
          ))}
        </div>
      ) : null}
    </form>
  );
}

function TestResult({ test }: { readonly test: ProviderTest | 'running' | null }) {
  return (
    <div role="status" className="min-w-0 flex-1" data-testid="test-result">
      {test === null || test === 'running' ? null : test.ok ? (
        <p className="flex items-center gap-1.5 text-label text-success">
          <CircleCheck size={14} aria-hidden="true" />
          It answers, after {Math.round(test.milliseconds).toLocaleString('en')} ms.
        </p>
      ) : (
        <InlineError error={test.error ?? { message: 'The server did not answer as expected.', hint: '' }} />
      )}
    </div>
  );
}
