/** Whether a host (and port) is this computer, so that what goes to it does not leave it. Pure. */
export function isThisComputer(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)(:\d+)?$/i.test(host);
}
