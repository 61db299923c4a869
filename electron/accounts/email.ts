/** E-mail addresses as names of accounts. */

/** The same for addresses that differ in case, in spaces around them or in how Unicode writes the same characters. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
