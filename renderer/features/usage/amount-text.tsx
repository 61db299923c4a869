/** A number with the sign of how sure it is, which screen readers hear as words. */
import { classNames } from '../../components/class-names.ts';
import { markNames, type Amount } from './usage-words.ts';

export function AmountText({ amount: { mark, text, isUnknown } }: { readonly amount: Amount }) {
  return (
    <span className={classNames('tabular', isUnknown && 'text-warning')}>
      {mark ? (
        <>
          <span aria-hidden="true" className="text-warning">
            {mark}&nbsp;
          </span>
          <span className="sr-only">{markNames[mark]} </span>
        </>
      ) : null}
      {text}
    </span>
  );
}
