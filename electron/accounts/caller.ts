/** Whose session a request comes with. */
export interface Caller {
  readonly accountId: string;
  readonly sessionId: string;
  readonly isAdministrator: boolean;
}
