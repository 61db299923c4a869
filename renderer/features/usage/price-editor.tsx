/** A row of the price table while it is written. */
import { useState } from 'react';
import type { ModelPrice } from '../../../shared/usage.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { checkDraft, type DraftProblems, type PriceDraft } from './price-rows.ts';

export interface PriceEditorProps {
  readonly title: string;
  readonly draft: PriceDraft;
  /** Keys of the own rows besides this one. */
  readonly taken: ReadonlySet<string>;
  readonly isSaving: boolean;
  readonly onSave: (price: ModelPrice) => void;
  readonly onLeave: () => void;
}

const fields: readonly { readonly name: keyof PriceDraft; readonly label: string; readonly placeholder: string }[] = [
  { name: 'host', label: 'Server', placeholder: 'api.openai.com' },
  { name: 'model', label: 'Model', placeholder: 'gpt-5' },
  { name: 'input', label: '$ per million in', placeholder: '1.25' },
  { name: 'output', label: '$ per million out', placeholder: '10' },
];

export function PriceEditor({ title, draft: first, taken, isSaving, onSave, onLeave }: PriceEditorProps) {
  const [draft, setDraft] = useState(first);
  const [problems, setProblems] = useState<DraftProblems>({});
  const focused = fields.find(({ name }) => first[name] === '')?.name ?? 'input';

  const save = () => {
    const checked = checkDraft(draft, taken);
    setProblems(checked.problems ?? {});
    if (checked.price) onSave(checked.price);
  };
  return (
    <form
      aria-label={title}
      data-testid="price-editor"
      className="@container rounded-lg border border-accent-line bg-raised px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onLeave();
      }}
    >
      <p className="mb-2 font-medium">{title}</p>
      <div className="grid grid-cols-2 gap-3 @min-[640px]:grid-cols-[2fr_2fr_1.2fr_1.2fr]">
        {fields.map(({ name, label, placeholder }) => (
          <TextField
            key={name}
            label={label}
            value={draft[name]}
            placeholder={placeholder}
            autoFocus={name === focused}
            inputMode={name === 'input' || name === 'output' ? 'decimal' : 'text'}
            aria-invalid={problems[name] !== undefined}
            maxLength={255}
            onChange={({ target }) => {
              setDraft({ ...draft, [name]: target.value });
              setProblems({ ...problems, [name]: undefined });
            }}
            note={problems[name] ? <span className="text-danger">{problems[name]}</span> : null}
          />
        ))}
      </div>
      <div className="mt-3 flex gap-2">
        <Button type="submit" tone="primary" disabled={isSaving}>
          Save price
        </Button>
        <Button onClick={onLeave}>Cancel</Button>
      </div>
    </form>
  );
}
