/** Puts signing in at providers together. */
import { createOidcProvider } from '../adapters/oidc.ts';
import { IdentityService, type IdentityServiceOptions } from './identity-service.ts';

export type IdentityParts = Omit<IdentityServiceOptions, 'provider'> & {
  /** Shows an address in the system's browser; without one every sign-in fails, and says so. */
  readonly openBrowser: ((url: string) => Promise<void>) | undefined;
};

export function openIdentities({ openBrowser = noBrowser, ...parts }: IdentityParts): IdentityService {
  return new IdentityService({ ...parts, provider: createOidcProvider({ openBrowser }) });
}

function noBrowser(): Promise<never> {
  return Promise.reject(new Error('There is no browser here.'));
}
