/** Gives a thing a name: another one, or its first. */
import { useState } from 'react';
import { toAppError, type ErrorInfo } from '../../shared/errors.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { InlineError } from './inline-error.tsx';
import { TextField } from './text-field.tsx';

export interface NameDialogProps {
  readonly title: string;
  /** What the name is called there. */
  readonly label?: string;
  readonly note?: string | ((name: string) => string);
  /** What its button does; both may depend on the name that is typed. */
  readonly action?: string | ((name: string) => string);
  readonly current: string;
  readonly maxLength: number;
  readonly testId?: string;
  /** Gets the name without spaces around it, never empty. Its failure is said in the dialog, which then stays open. */
  readonly onName: (name: string) => Promise<void>;
  readonly onClose: () => void;
}

export function NameDialog(props: NameDialogProps) {
  const { title, label = 'Title', note, action = 'Rename', current, maxLength, testId, onName, onClose } = props;
  const [name, setName] = useState(current);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const trimmed = name.trim();
  const textOf = (text: string | ((typed: string) => string)) => (typeof text === 'string' ? text : text(trimmed));
  const save = async () => {
    if (trimmed === '') return;
    try {
      await onName(trimmed);
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown).toInfo());
    }
  };
  return (
    <Dialog open onClose={onClose} title={title} {...(testId ? { testId } : {})}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          className="px-5 pt-3"
          label={label}
          {...(note === undefined ? {} : { note: textOf(note) })}
          value={name}
          maxLength={maxLength}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        {error ? <InlineError error={error} className="mx-5 mt-3" /> : null}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={trimmed === ''}>
            {textOf(action)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
