/**
 * Requests about signing in at a provider such as Google, and which accounts open by it. A provider's client secret goes
 * in and never comes out.
 */
import { z } from 'zod';
import type { SessionState } from '../accounts.ts';
import { isThisComputer } from '../this-computer.ts';
import { define, defineOpen } from './define.ts';

export interface IdentityProviderName {
  /** Its address, which is what it is named by. */
  readonly issuer: string;
  /** As people call it. */
  readonly name: string;
}

/** A provider as the administrator of this computer's accounts set it up. */
export interface IdentityProviderView extends IdentityProviderName {
  readonly clientId: string;
  readonly hasClientSecret: boolean;
}

/** What the own account opens by, beside its password. */
export interface LinkedIdentity extends IdentityProviderName {
  /** Milliseconds since the epoch. */
  readonly linkedAt: number;
}

/** Google's own; whoever sets Quire up brings a client ID of a desktop app. */
export const googleIssuer = 'https://accounts.google.com';

/** Where providers send the browser back to, on a port of the moment: what Quire is registered with there. */
export const returnAddress = 'http://127.0.0.1/signed-in';

const issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((address) => {
    if (!URL.canParse(address)) return false;
    const { protocol, host, username, password, search, hash } = new URL(address);
    // SECURITY: who somebody is must not be changed on the way.
    const isSafe = protocol === 'https:' || (protocol === 'http:' && isThisComputer(host));
    return isSafe && [username, password, search, hash].every((part) => part === '');
  }, 'The address of a provider looks like https://accounts.google.com.');

/** `clientSecret: null` leaves the one that is kept; an empty one removes it. Public clients have none. */
export const providerSchema = z.object({
  issuer,
  name: z.string().trim().min(1).max(60),
  clientId: z.string().trim().min(1).max(500),
  clientSecret: z.string().trim().max(500).nullable(),
});

export const identityRequests = {
  /** Those that one may sign in at. */
  'identities.listProviders': defineOpen(z.object({}))<readonly IdentityProviderName[]>(),
  /**
   * Has the person sign in in the system's browser, which takes as long as it takes; another call, or `identities.cancel`,
   * ends the one before. Errors: `sign-in-failed` with the reason, `cancelled`.
   */
  'identities.signIn': defineOpen(z.object({ issuer, staySignedIn: z.boolean() }))<SessionState>(),
  'identities.cancel': defineOpen(z.object({}))<null>(),
  /** What the own account opens by. */
  'identities.list': define(z.object({}))<readonly LinkedIdentity[]>(),
  /** As `identities.signIn`, and links who signed in to the own account, if the e-mail is the same. */
  'identities.link': define(z.object({ issuer }))<readonly LinkedIdentity[]>(),
  'identities.unlink': define(z.object({ issuer }))<readonly LinkedIdentity[]>(),
  /** For the administrator alone, as all below: `forbidden` otherwise. */
  'identities.getProviders': define(z.object({}))<readonly IdentityProviderView[]>(),
  /** Whether a provider is found at this address; nobody signs in, nothing is kept. Errors: `sign-in-failed`. */
  'identities.testProvider': define(z.object({ issuer }))<null>(),
  'identities.setProvider': define(providerSchema)<readonly IdentityProviderView[]>(),
  /** Nobody's account opens by it any more. */
  'identities.removeProvider': define(z.object({ issuer }))<readonly IdentityProviderView[]>(),
};
