/** Where an address leads. Pure. */

export interface Destination {
  readonly host: string;
  readonly isThisComputer: boolean;
}

/** Null for what is no http(s) address. */
export function describeDestination(url: string): Destination | null {
  if (!/^https?:\/\/\S/i.test(url) || !URL.canParse(url)) return null;
  const { hostname, host } = new URL(url);
  const isThisComputer =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname);
  return { host, isThisComputer };
}
