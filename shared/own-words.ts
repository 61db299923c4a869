/** Passwords that tell whose they are: main refuses them, the window says so while they are typed. Pure. */

/** Whose password it is, or is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/** The form in which a password is weighed, hashed and compared: keyboards write the same letters in several ways. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Whether a password is the owner's address, what stands before its @, or the name; case does not count. */
export function isOwnWord(password: string, { email, name }: PasswordOwner): boolean {
  const fold = (text: string): string => normalizePassword(text).trim().toLowerCase();
  const address = fold(email);
  const words = [address, address.split('@')[0], fold(name), fold(name).replace(/\s+/gu, '')];
  return words.includes(fold(password));
}
