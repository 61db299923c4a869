/** Why a form was refused, in sight wherever it is scrolled to. */
import { useIntoView } from '../hooks/use-into-view.ts';
import { InlineError, type InlineErrorProps } from './inline-error.tsx';

export function FormError(props: InlineErrorProps) {
  const element = useIntoView<HTMLDivElement>();
  return (
    <div ref={element} className="scroll-my-4">
      <InlineError {...props} />
    </div>
  );
}
