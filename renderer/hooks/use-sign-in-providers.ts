/** Where one can sign in beside the password: what the administrator of this computer set up. */
import { useEffect, useState } from 'react';
import type { IdentityProviderName } from '../../shared/requests/identities.ts';
import { request } from '../ipc/client.ts';

/** None until main told; what can't be asked is not offered either. */
export function useSignInProviders(): readonly IdentityProviderName[] {
  const [providers, setProviders] = useState<readonly IdentityProviderName[]>([]);
  useEffect(() => {
    let isCurrent = true;
    request('identities.listProviders', {}).then(
      (answer) => isCurrent && setProviders(answer),
      () => isCurrent && setProviders([]),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  return providers;
}
