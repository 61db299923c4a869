/** Says that the system's keychain is waited for, and leads on without it; nothing otherwise. */
import { KeyRound } from 'lucide-react';
import { leaveKeychain, useSessionStore } from '../../app/stores/session-store.ts';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';

export function KeychainWait({ className }: { readonly className?: string }) {
  const isWaiting = useSessionStore((state) => state.waitsForKeychain);
  return (
    <div role="status">
      {isWaiting ? (
        <div
          data-testid="keychain-wait"
          className={classNames('flex items-start gap-2.5 rounded-lg bg-warning-soft px-3 py-2.5', className)}
        >
          <KeyRound size={16} className="mt-0.5 shrink-0 text-warning" aria-hidden="true" />
          <div className="min-w-0 flex-1">
            <p className="font-medium">Quire waits for the system’s keychain.</p>
            <p className="mt-0.5 text-muted">
              It may be asking for its password in a window of its own. Without it you go on with your password, and
              your session ends with the app.
            </p>
            <Button className="mt-2" onClick={() => void leaveKeychain()}>
              Go on without it
            </Button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
