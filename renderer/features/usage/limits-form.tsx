/** The account's own limits; what its administrator set is told where it is the tighter one. */
import { useState, type ReactNode } from 'react';
import type { Limits } from '../../../shared/accounts.ts';
import type { Budget } from '../../../shared/usage.ts';
import { showDone } from '../../app/stores/toast-store.ts';
import { BudgetSummary } from '../../components/budget-summary.tsx';
import { dateText } from '../../components/budget-words.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { TextField } from '../../components/text-field.tsx';
import { limitFields, parseLimits, typedLimits, type TypedLimits } from '../../components/typed-limits.ts';
import { askBudget, useAsked } from '../../hooks/use-asked.ts';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { AskedPage } from './asked-page.tsx';

export function LimitsPage({ now }: { readonly now: number }) {
  return (
    <AskedPage asked={useAsked(askBudget, now)} className="max-w-[720px]">
      {(budget, setBudget) => (
        <>
          <BudgetSummary budget={budget} />
          <LimitsForm budget={budget} onSaved={setBudget} />
        </>
      )}
    </AskedPage>
  );
}

const notes: Readonly<Record<keyof Limits, string>> = {
  monthlyCost: 'By the prices of your table: an estimate, not the provider’s bill.',
  monthlyTokens: 'What is sent and what comes back, together.',
  requestsPerMinute: 'Keeps a long piece or a large import from asking too fast.',
};

/** With a budget of the administrator's. */
const listLeastNote =
  'By the prices of your table, and not below the built-in list’s: an estimate, not the provider’s bill.';

interface LimitsFormProps {
  readonly budget: Budget;
  readonly onSaved: (budget: Budget) => void;
}

function LimitsForm({ budget, onSaved }: LimitsFormProps) {
  const { own, administrator, resetsAt } = budget;
  const [edited, setEdited] = useState<Partial<TypedLimits>>({});
  const [countsLocal, setCountsLocal] = useState<boolean | null>(null);
  const { isRunning, error, run, clear } = useAttempt();

  const typed = { ...typedLimits(own), ...edited };
  const { limits, problems } = parseLimits(typed);
  const counts = countsLocal ?? budget.countsLocal;
  const isChanged =
    limits === null || counts !== budget.countsLocal || limitFields.some(({ name }) => limits[name] !== own[name]);

  const reset = () => {
    setEdited({});
    setCountsLocal(null);
    clear();
  };
  const save = async () => {
    if (limits === null || !isChanged || isRunning) return;
    const isSaved = await run(async () => onSaved(await request('usage.setLimits', { limits, countsLocal: counts })));
    if (!isSaved) return;
    reset();
    showDone('The limits hold from now on.');
  };

  return (
    <form
      aria-label="Limits"
      className="mt-5 flex flex-col gap-4"
      data-testid="limits-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p className="max-w-[64ch] text-muted">
        At 80 % of a month’s budget Quire warns once. At 100 % no model is asked until {dateText(resetsAt)}: answers are
        quoted from your documents instead, and writing and indexing by a provider wait.
      </p>
      {limitFields.map(({ name, label, text }) => (
        <TextField
          key={name}
          className="max-w-96"
          label={label}
          inputMode="decimal"
          value={typed[name]}
          placeholder="No limit"
          aria-invalid={problems[name] !== undefined}
          data-testid={`limit-${name}`}
          onChange={({ target }) => setEdited({ ...edited, [name]: target.value })}
          note={
            problems[name] ? (
              <span className="text-danger">{problems[name]}</span>
            ) : (
              <Holds
                note={noteOf(name, administrator)}
                text={text}
                own={(limits ?? own)[name]}
                administrator={administrator[name]}
              />
            )
          }
        />
      ))}
      <Checkbox
        label="Models on this computer count, too"
        note="They cost nothing, so without this no limit stops them. With it, their tokens and requests count."
        checked={counts}
        onChange={setCountsLocal}
      />
      {error ? <InlineError error={error} /> : null}
      <div className="flex gap-2">
        <Button type="submit" tone="primary" disabled={limits === null || !isChanged || isRunning}>
          Save limits
        </Button>
        {isChanged ? <Button onClick={reset}>Undo changes</Button> : null}
      </div>
    </form>
  );
}

function noteOf(name: keyof Limits, administrator: Limits): string {
  return name === 'monthlyCost' && administrator.monthlyCost !== null ? listLeastNote : notes[name];
}

interface HoldsProps {
  readonly note: string;
  readonly text: (limit: number) => string;
  readonly own: number | null;
  readonly administrator: number | null;
}

/** Says which limit is in force where the administrator set one. */
function Holds({ note, text, own, administrator }: HoldsProps): ReactNode {
  if (administrator === null) return note;
  return own === null || administrator < own ? (
    <span className="font-medium text-ink" data-testid="administrator-holds">
      {`The administrator’s limit of ${text(administrator)} holds${own === null ? '.' : ': it is the tighter one.'}`}
    </span>
  ) : (
    `${note} The administrator’s limit is ${text(administrator)}.`
  );
}
