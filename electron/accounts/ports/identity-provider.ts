/** The port to those who say who somebody is: Google, or any other OpenID Connect provider. */

/** What has to be known of a provider; none of it is secret but `clientSecret`, which lies in the keychain. */
export interface ProviderSettings {
  /** As people call it: “Google”. */
  readonly name: string;
  /** `https://accounts.google.com`; its metadata is found below it. http on this computer alone. */
  readonly issuer: string;
  /** The name under which Quire is registered there, as a desktop app. */
  readonly clientId: string;
  /** Null for a public client, as it should be; some providers give desktop apps one all the same. */
  readonly clientSecret: string | null;
}

/** What a provider says of somebody, from its signed id token alone. */
export interface ProviderIdentity {
  /** Issuer and subject together name one person at one provider, for good; an e-mail may change hands. */
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** True only when the provider says that it made sure whose address it is. */
  readonly isEmailVerified: boolean;
  readonly name: string | null;
}

/** The system's browser, which is another program. */
export interface Browser {
  open(url: string): Promise<void>;
  /** It came back with an answer, whichever that is: the person looks at its last page, and goes on in Quire. */
  onReturn(): void;
}

export interface IdentityProvider {
  /**
   * Has the person sign in in the system's browser and waits for the answer. Errors: `sign-in-failed` with the reason,
   * also when nobody answers in time; `cancelled` when the signal was aborted.
   */
  signIn(provider: ProviderSettings, signal: AbortSignal): Promise<ProviderIdentity>;
  /**
   * Reads what a provider tells of itself. Whether it knows Quire's client ID only a sign-in shows. Errors:
   * `sign-in-failed` with the reason.
   */
  check(issuer: string): Promise<void>;
}
