/** What models cost by the built-in list, and the person's own prices, which hold before it. */
import { Pencil, Plus, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ModelPrice, PriceTable } from '../../../shared/usage.ts';
import { attempt, showDone } from '../../app/stores/toast-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { InlineError } from '../../components/inline-error.tsx';
import { useAsked } from '../../hooks/use-asked.ts';
import { useAttempt } from '../../hooks/use-attempt.ts';
import { request } from '../../ipc/client.ts';
import { fieldText, rules } from '../../components/parse-amount.ts';
import { AskedPage } from './asked-page.tsx';
import { PriceEditor } from './price-editor.tsx';
import { keyOf, priceRows, withPrice, type PriceDraft, type PriceRow } from './price-rows.ts';

const askPrices = () => request('usage.prices', {});

/** What is written: a new row, or one in the place of an own one (`key`). */
interface Edit {
  readonly title: string;
  readonly key: string | null;
  readonly draft: PriceDraft;
}

const draftText = (price: number) => fieldText(price, rules.price);
/** `$0.40`, `$0.0125`: as fine as it is. */
const priceText = (price: number) =>
  `$${price.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 12 })}`;

export function PricesPage({ now }: { readonly now: number }) {
  return (
    <AskedPage asked={useAsked(askPrices, now)} className="@container max-w-[860px]">
      {(table, setTable) => <Prices table={table} onSaved={setTable} />}
    </AskedPage>
  );
}

interface PricesProps {
  readonly table: PriceTable;
  readonly onSaved: (table: PriceTable) => void;
}

function Prices({ table, onSaved }: PricesProps) {
  const { asOf, own, isListLeast, unpriced } = table;
  const [edit, setEdit] = useState<Edit | null>(null);
  const { isRunning, error, run } = useAttempt();

  const save = async (prices: readonly ModelPrice[], done: string, undo: (() => void) | null = null) => {
    if (!(await run(async () => onSaved(await request('usage.setPrices', { prices: [...prices] }))))) return;
    setEdit(null);
    showDone(done, undo ? { label: 'Undo', run: undo } : null);
  };
  const add = (host: string, model: string) =>
    setEdit({ title: 'A price of your own', key: null, draft: { host, model, input: '', output: '' } });
  const change = ({ host, model, input, output, key, isOwn }: PriceRow) =>
    setEdit({
      title: isOwn ? `Change the price of ${model}` : `Your price for ${model}`,
      key: isOwn ? key : null,
      draft: { host, model, input: draftText(input), output: draftText(output) },
    });
  const remove = (row: PriceRow) =>
    void save(
      own.filter((price) => keyOf(price) !== row.key),
      row.instead ? `${row.model} costs what the list says again.` : `${row.model} has no price of yours any more.`,
      () => void attempt(() => putBack(row)),
    );
  const putBack = async ({ host, model, input, output, key }: PriceRow) => {
    // Other rows may have changed meanwhile.
    const latest = await askPrices();
    await save(withPrice(latest.own, { host, model, input, output }, key), `The price of ${model} is back.`);
  };

  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <p className="min-w-60 flex-1 text-muted">
          US dollars for a million tokens: the list prices of {asOf}, and your own, which hold before them. Calls that
          were made keep what they cost; those without a price get one from a new row.
          {isListLeast
            ? ' This computer’s administrator limits what you spend: in that budget a call counts as the list has it, at least.'
            : null}
        </p>
        <Button icon={<Plus size={14} />} onClick={() => add('', '')} data-testid="add-price">
          Add a price
        </Button>
      </div>
      {unpriced.length > 0 ? (
        <section aria-label="Models without a price" className="mt-3 rounded-lg bg-warning-soft px-4 py-2.5">
          <p className="text-warning">
            {unpriced.length === 1
              ? 'A model was asked whose price is not known.'
              : 'Models were asked whose price is not known.'}{' '}
            A budget in money does not stop them.
          </p>
          <ul className="mt-1.5 flex flex-wrap gap-1.5" data-testid="unpriced">
            {unpriced.map(({ host, model }) => (
              <li key={keyOf({ host, model })} className="max-w-full">
                <Button className="max-w-full" onClick={() => add(host, model)}>
                  <span className="truncate">
                    Set the price of {model} <span className="font-normal text-muted">({host})</span>
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {error ? <InlineError error={error} className="mt-3" /> : null}
      {edit ? (
        <div className="mt-3">
          <PriceEditor
            // Another row, another draft.
            key={`${edit.key ?? ''} ${edit.draft.host} ${edit.draft.model}`}
            title={edit.title}
            draft={edit.draft}
            taken={new Set(own.map(keyOf).filter((key) => key !== edit.key))}
            isSaving={isRunning}
            onLeave={() => setEdit(null)}
            onSave={(price) => void save(withPrice(own, price, edit.key), `The price of ${price.model} is saved.`)}
          />
        </div>
      ) : null}
      <PriceList rows={priceRows(table)} onChange={change} onRemove={remove} />
    </>
  );
}

interface PriceListProps {
  readonly rows: readonly PriceRow[];
  readonly onChange: (row: PriceRow) => void;
  readonly onRemove: (row: PriceRow) => void;
}

function PriceList({ rows, onChange, onRemove }: PriceListProps) {
  const head = 'py-1.5 text-small font-medium text-muted';
  return (
    <table className="mt-3 w-full border-collapse" data-testid="price-table">
      <caption className="sr-only">Prices in US dollars for a million tokens</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={`${head} text-left`}>
            Model
          </th>
          <th scope="col" className={`${head} w-20 pl-3 text-right @max-[440px]:w-[68px]`}>
            In
          </th>
          <th scope="col" className={`${head} w-20 pl-3 text-right @max-[440px]:w-[68px]`}>
            Out
          </th>
          <th scope="col" className="w-[68px]">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const { key, host, model, input, output, isOwn, instead } = row;
          return (
            <tr key={key} className="border-b border-line/60" data-testid="price-row" data-own={isOwn}>
              <th scope="row" className="max-w-0 py-1 text-left font-normal">
                <span className="block truncate">
                  {model} <span className="ml-1 text-small text-muted @max-[440px]:hidden">{host}</span>
                </span>
                <span className="hidden truncate text-small text-muted @max-[440px]:block">{host}</span>
                {isOwn ? (
                  <span className="block truncate text-small text-accent-ink tabular">
                    {instead
                      ? `Yours, instead of ${priceText(instead.input)} and ${priceText(instead.output)}`
                      : 'Yours'}
                  </span>
                ) : null}
              </th>
              <td className="pl-3 text-right tabular">{priceText(input)}</td>
              <td className="pl-3 text-right tabular">{priceText(output)}</td>
              <td className="py-0.5 pl-2 text-right whitespace-nowrap">
                <IconButton
                  label={isOwn ? `Change the price of ${model}` : `Set your own price for ${model}`}
                  onClick={() => onChange(row)}
                >
                  <Pencil size={14} />
                </IconButton>
                {isOwn ? (
                  <IconButton
                    label={instead ? `Back to the list’s price of ${model}` : `Remove the price of ${model}`}
                    onClick={() => onRemove(row)}
                  >
                    {instead ? <RotateCcw size={14} /> : <Trash2 size={14} />}
                  </IconButton>
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
