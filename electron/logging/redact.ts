/**
 * Takes out of a text what must not be in a log or a report: keys, tokens and passwords, e-mail addresses, the person's
 * name and home folder. Pure.
 */

/** Whose computer this is. */
export interface Person {
  readonly home: string;
  readonly userName: string;
}

const KEY = '[key]';
const MAIL = '[e-mail]';
const NAME = '[name]';
const HOME = '~';

/** In this order: what says what it is comes before what only looks like it. */
const secrets: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, KEY],
  // JSON Web Tokens, signed or not: https://www.rfc-editor.org/rfc/rfc7519
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, KEY],
  // Hashes of passwords in the PHC form: https://github.com/P-H-C/phc-string-format
  [/\$(?:argon2\w*|scrypt|2[aby]|pbkdf2[\w-]*)\$[^\s"']+/g, KEY],
  // Keys that begin with what they are for: OpenAI and Stripe, GitHub, GitLab, Hugging Face, Slack, Google, AWS.
  [/\b(?:sk|pk|rk)[-_][\w-]{6,}/g, KEY],
  [/\b(?:gh[oprsu]|github_pat|glpat|hf|xox[abprs])[-_][\w-]{10,}/g, KEY],
  [/\bAIza[\w-]{20,}/g, KEY],
  [/\bA(?:KIA|SIA)[A-Z0-9]{12,}/g, KEY],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${KEY}`],
  // user:password@ in an address
  [/:\/\/[^/\s@"']+@/g, `://${KEY}@`],
  // "api_key": "…", token=…, password: …
  [
    /((?:\b|_)(?:api[-_ ]?key|key|token|secret|password|passwd|passphrase|pwd|authorization|cookie)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi,
    `$1${KEY}`,
  ],
  [/[\w.!#$%&*+/=?^{|}~-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi, MAIL],
];

/** As long as a key and with letters and digits mixed, as no word is; hashes and random ids go along. */
const randomRun = /(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])[\w+=-]{32,}/gi;

/** Folders of other people, and this one's by another way. */
const homes: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(\/(?:home|Users)\/)[^/\s"'()]+/g, `$1${NAME}`],
  [/([A-Z]:[\\/]+Users[\\/]+)[^\\/\s"'()]+/gi, `$1${NAME}`],
];

/** Names that many computers have, and that are words. */
const commonNames = new Set(['root', 'user', 'admin', 'administrator', 'quire', 'node', 'app', 'home', 'system']);
const SHORTEST_NAME = 3;

export function redact(text: string, { home, userName }: Person): string {
  let redacted = text;
  for (const [pattern, replacement] of secrets) redacted = redacted.replace(pattern, replacement);
  redacted = redacted.replace(randomRun, KEY);
  for (const path of new Set([home, home.replaceAll('\\', '/'), encodeURI(home)])) {
    if (path.length > 1) redacted = redacted.replace(new RegExp(`${literal(path)}(?![\\w-])`, 'g'), HOME);
  }
  for (const [pattern, replacement] of homes) redacted = redacted.replace(pattern, replacement);
  if (userName.length < SHORTEST_NAME || commonNames.has(userName.toLowerCase())) return redacted;
  return redacted.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal(userName)}(?![\\p{L}\\p{N}])`, 'giu'), NAME);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
