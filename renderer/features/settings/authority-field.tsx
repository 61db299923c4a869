/** The certificate of an authority of one's own: pasted, or out of a file. */
import { FileUp } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { fieldClass } from '../../components/text-field.tsx';

export interface AuthorityFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** How a certificate begins as text. */
const beginning = '-----BEGIN CERTIFICATE-----';
/** Bytes; some hundred certificates. */
const largestFile = 100_000;

export function AuthorityField({ value, onChange }: AuthorityFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const text = file.size <= largestFile ? await file.text() : '';
    const isCertificate = text.includes(beginning);
    setProblem(isCertificate ? null : `“${file.name}” is no certificate as text (PEM).`);
    if (isCertificate) onChange(text.trim());
  };
  return (
    <details open={value !== ''}>
      <summary className="cursor-pointer text-label text-muted">
        Server with a certificate of your own authority
      </summary>
      <div className="mt-2 mb-1.5 flex items-end gap-2">
        <label htmlFor={id} className="min-w-0 flex-1 text-label font-medium">
          Certificate of the authority
        </label>
        <Button icon={<FileUp size={13} />} onClick={() => input.current?.click()}>
          Choose a file…
        </Button>
        <input
          ref={input}
          type="file"
          accept=".pem,.crt,.cer"
          hidden
          aria-label="File with the certificate of the authority"
          data-testid="authority-file"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            // The same file again is a change, too.
            event.target.value = '';
          }}
        />
      </div>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        value={value}
        placeholder={beginning}
        onChange={(event) => {
          setProblem(null);
          onChange(event.target.value);
        }}
        className={`${fieldClass} py-1.5 font-mono text-small`}
      />
      {problem ? (
        <p role="alert" className="text-label text-danger">
          {problem}
        </p>
      ) : null}
    </details>
  );
}
