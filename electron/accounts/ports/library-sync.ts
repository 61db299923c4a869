/** The port to sync of the library that is open: what changes of an account matters on its owner's other computers, too. */
export interface LibrarySyncPort {
  readonly isOn: boolean;
  /** What is on the servers stays there; this computer goes from its list where they can be reached. */
  turnOff(): Promise<void>;
  /** Resolves when the servers were told, or it is certain that they will be. */
  passwordChanged(password: string): Promise<void>;
  /** Whoever signs in has shown that this is the password: it may have been set anew while the library was closed. */
  passwordProven(password: string): Promise<void>;
  /** As `passwordChanged`. */
  emailChanged(): Promise<void>;
}

/** Sync of the open library; null while none is open. */
export type OpenSync = () => Promise<LibrarySyncPort | null>;
