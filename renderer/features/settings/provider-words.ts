/** What the settings of sign-in providers say, and what is typed there. Pure. */
import {
  googleIssuer,
  providerSchema,
  type IdentityProviderView,
  type LinkedIdentity,
} from '../../../shared/requests/identities.ts';
import type { RequestInput } from '../../../shared/requests/index.ts';
import { formatDay } from '../../components/format.ts';

/** A provider as it is typed. */
export interface ProviderDraft {
  readonly issuer: string;
  readonly name: string;
  readonly clientId: string;
  /** Empty leaves the one that is kept, unless it is to be removed. */
  readonly clientSecret: string;
  readonly removesSecret: boolean;
}

export const emptyProvider: ProviderDraft = {
  issuer: '',
  name: '',
  clientId: '',
  clientSecret: '',
  removesSecret: false,
};

export const googleDraft: ProviderDraft = { ...emptyProvider, issuer: googleIssuer, name: 'Google' };

export function providerDraftOf({ issuer, name, clientId }: IdentityProviderView): ProviderDraft {
  return { ...emptyProvider, issuer, name, clientId };
}

const metadataPath = /\/\.well-known\/openid-configuration\/?$/;

/** As main takes it, if `providerProblem` finds nothing. Whoever copied the address of the metadata means what is above it. */
export function providerOf(draft: ProviderDraft): RequestInput<'identities.setProvider'> {
  const { issuer, name, clientId, clientSecret, removesSecret } = draft;
  const typed = clientSecret.trim();
  return {
    issuer: issuer.trim().replace(metadataPath, ''),
    name: name.trim(),
    clientId: clientId.trim(),
    clientSecret: typed === '' && !removesSecret ? null : typed,
  };
}

/**
 * What keeps it from being tried, for a person; empty while fields are, and null when nothing does.
 * @param others Addresses that the list has already.
 */
export function providerProblem(draft: ProviderDraft, others: readonly string[]): string | null {
  const provider = providerOf(draft);
  if (provider.issuer === '') return '';
  const issues = providerSchema.safeParse(provider).error?.issues ?? [];
  if (issues.some(({ path }) => path[0] === 'issuer')) {
    return 'The address of a provider looks like https://accounts.google.com; only on this computer it may begin with http.';
  }
  if (others.includes(provider.issuer)) return 'The list has this provider already.';
  return issues.length === 0 ? null : '';
}

/** `Linked · 14 Mar`, or that it is not. */
export function linkedText(identity: LinkedIdentity | undefined, now: number): string {
  return identity ? `Linked · ${formatDay(identity.linkedAt, now)}` : 'Not linked';
}
