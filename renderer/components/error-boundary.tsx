/** Keeps an error in one part of the window from taking the rest along: that part says so and can be shown again. */
import { Component, type ReactNode } from 'react';
import { toAppError } from '../../shared/errors.ts';
import { reportError } from '../ipc/report-error.ts';
import { Button } from './button.tsx';
import { InlineError } from './inline-error.tsx';

export interface ErrorBoundaryProps {
  /** What failed, as a sentence begins: `This page`. */
  readonly part: string;
  /** When it changes, something else is to be shown, which is tried at once. */
  readonly shown?: string;
  /** Where there is no room for a sentence: the part goes, and whoever is told says why. */
  readonly onError?: (error: unknown) => void;
  readonly children: ReactNode;
}

interface State {
  readonly failure: { readonly thrown: unknown } | null;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { failure: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { failure: { thrown } };
  }

  override componentDidCatch(thrown: unknown): void {
    reportError(this.props.part, thrown);
    this.props.onError?.(thrown);
  }

  override componentDidUpdate(before: ErrorBoundaryProps): void {
    if (this.state.failure && before.shown !== this.props.shown) this.setState({ failure: null });
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    if (this.props.onError) return null;
    return (
      <div className="h-full min-h-0 overflow-auto bg-surface p-4" data-testid="part-failed">
        <InlineError
          error={{
            message: `${this.props.part} can’t be shown. ${toAppError(failure.thrown).message}`,
            hint: 'The rest of the window works, and nothing in the library is lost.',
          }}
          action={<Button onClick={() => this.setState({ failure: null })}>Show it again</Button>}
        />
      </div>
    );
  }
}
