/** What is said of an address before it opens. */
import { describe, expect, it } from 'vitest';
import { describeAddress } from '../../../electron/app/describe-address.ts';

describe('an address that is asked about', () => {
  it('is shown whole, and an ordinary one without a warning', () => {
    const address = 'https://example.org/annexe?part=2#end';
    expect(describeAddress(address).detail).toBe(address);
  });

  it('is warned of when its name only looks like another', () => {
    const { detail } = describeAddress('https://аpple.com/login');
    expect(detail).toContain('https://xn--pple-43d.com/login');
    expect(detail).toContain('“аpple.com”');
  });

  it('is warned of when a user name plays the site', () => {
    expect(describeAddress('https://bank.example@evil.example/').detail).toContain('It goes to evil.example;');
  });

  it('is warned of when it is not encrypted', () => {
    expect(describeAddress('http://example.org/').detail).toContain('not encrypted');
  });

  it('of e-mail names the program that opens', () => {
    expect(describeAddress('mailto:a@example.org')).toEqual({
      message: 'Write to this address in your e-mail program?',
      detail: 'mailto:a@example.org',
    });
  });
});
