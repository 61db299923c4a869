/** Signing in and making an account from the local profile, over its library. */
import { useState } from 'react';
import { useEncryptionStore } from '../../app/stores/encryption-store.ts';
import { useLibraryStore } from '../../app/stores/library-store.ts';
import { openDialog, type AccountDialogName } from '../../app/stores/workspace-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useBrowserAttempt } from '../../hooks/use-browser-attempt.ts';
import { useSignInProviders } from '../../hooks/use-sign-in-providers.ts';
import { BrowserWait } from './browser-wait.tsx';
import { KeychainWait } from './keychain-wait.tsx';
import { RegisterForm } from './register-form.tsx';
import { TurningEncryption } from './turning-encryption.tsx';
import { SignInForm } from './sign-in-form.tsx';

export interface AccountDialogProps {
  readonly way: AccountDialogName;
  readonly onClose: () => void;
}

export function AccountDialog({ way, onClose }: AccountDialogProps) {
  const [email, setEmail] = useState('');
  const documents = useLibraryStore((state) => state.documents.size);
  const browser = useBrowserAttempt();
  const providers = useSignInProviders();
  const { waitingFor } = browser;
  const turning = useEncryptionStore((state) => state.task);
  const isNew = way === 'create-account';
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? 'Create an account' : 'Sign in'}
      description={
        isNew
          ? 'It stays on this computer, and opens with your password alone.'
          : 'The library that is open now stays as it is.'
      }
      testId="account-dialog"
      className="max-h-[82vh]"
    >
      {turning ? (
        <div className="px-5 pt-5 pb-3">
          <TurningEncryption task={turning} />
        </div>
      ) : null}
      {waitingFor ? (
        <div className="px-5 pt-5 pb-3">
          <BrowserWait provider={waitingFor} onCancel={browser.cancel} />
        </div>
      ) : null}
      <div hidden={waitingFor !== null || turning !== null} className="min-h-0 overflow-y-auto px-5 pt-4 pb-4">
        <KeychainWait className="mb-3" />
        {isNew ? (
          <RegisterForm
            email={email}
            onEmail={setEmail}
            localDocuments={documents}
            onSignIn={() => openDialog('sign-in')}
          />
        ) : (
          <SignInForm email={email} onEmail={setEmail} providers={providers} browser={browser} />
        )}
        <p className="mt-3 border-t border-line pt-3 text-center">
          <Button tone="quiet" onClick={() => openDialog(isNew ? 'sign-in' : 'create-account')}>
            {isNew ? 'Sign in to an account' : 'Create an account'}
          </Button>
        </p>
      </div>
    </Dialog>
  );
}
