/** What a person is told of an address before it opens: all of it, and what in it is easily misread. Pure. */
import { domainToUnicode } from 'node:url';

export interface AddressQuestion {
  readonly message: string;
  readonly detail: string;
}

/**
 * The address as it will be asked for, with a warning for each of: a name in other alphabets, which may look like
 * another one; a user name before the site's, which may look like a site; a connection that is not encrypted.
 */
export function describeAddress(address: string): AddressQuestion {
  const url = new URL(address);
  if (url.protocol === 'mailto:') return { message: 'Write to this address in your e-mail program?', detail: url.href };
  const warnings: string[] = [];
  if (url.hostname.split('.').some((label) => label.startsWith('xn--'))) {
    warnings.push(
      `Its name has letters of other alphabets and reads \u201c${domainToUnicode(url.hostname)}\u201d: it may look like another site.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    warnings.push(`It goes to ${url.host}; what stands before the \u201c@\u201d is a user name, not a site.`);
  }
  if (url.protocol === 'http:') warnings.push('The connection is not encrypted (http).');
  return {
    message: 'Open this address in your browser?',
    detail: [url.href, ...warnings].join('\n\n'),
  };
}
