/** Identity providers and identities, as they cross into and out of the registry's thread. */

export interface StoredProvider {
  readonly issuer: string;
  readonly name: string;
  readonly clientId: string;
  readonly hasClientSecret: boolean;
}

export interface StoredIdentity {
  /** Issuer and subject of the id token. */
  readonly issuer: string;
  readonly subject: string;
  /** The provider's issuer as it is set up. */
  readonly provider: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly linkedAt: number;
}

export interface IdentityStore {
  /** By name. */
  providers(): Promise<readonly StoredProvider[]>;
  setProvider(provider: StoredProvider): Promise<void>;
  /** With the identities of it. */
  removeProvider(issuer: string): Promise<void>;
  find(issuer: string, subject: string): Promise<StoredIdentity | null>;
  ofAccount(accountId: string): Promise<readonly StoredIdentity[]>;
  /** False when the identity, or the account's place at the provider, is taken; nothing is changed then. */
  link(identity: StoredIdentity): Promise<boolean>;
  unlink(accountId: string, provider: string): Promise<void>;
}
