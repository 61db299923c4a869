/** Puts signing in at providers together. */
import { createOidcProvider } from '../adapters/oidc.ts';
import type { Browser } from './ports/identity-provider.ts';
import { IdentityService, type IdentityServiceOptions } from './identity-service.ts';

export type IdentityParts = Omit<IdentityServiceOptions, 'provider'> & {
  /** Without one every sign-in fails, and says so. */
  readonly browser: Browser | undefined;
};

export function openIdentities({ browser = noBrowser, ...parts }: IdentityParts): IdentityService {
  return new IdentityService({ ...parts, provider: createOidcProvider({ browser }) });
}

const noBrowser: Browser = {
  open: () => Promise.reject(new Error('There is no browser here.')),
  onReturn: () => undefined,
};
