/**
 * Numbers, years and dates of a text, made comparable: `$34.2 billion`, `34,229` under “in millions”, `(5.2)%`,
 * `nine days`, `July 1, 2022`. Pure.
 */

export interface FoundNumber {
  readonly kind: 'number' | 'year' | 'date';
  /** Range of the text, with currency, unit and bracket. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Without scale and sign; a year's or date's own number (20220701) for these. */
  readonly mantissa: number;
  /** Digits behind the decimal point. */
  readonly decimals: number;
  /** 1, 1e3, 1e6 … where it is said beside the number; null where a table's heading may say it. */
  readonly scale: number | null;
  readonly percent: boolean;
  /** `nine`, not `9`. */
  readonly spelled: boolean;
}

const scales: Readonly<Record<string, number>> = {
  thousand: 1e3,
  k: 1e3,
  million: 1e6,
  mn: 1e6,
  mln: 1e6,
  mm: 1e6,
  m: 1e6,
  billion: 1e9,
  bn: 1e9,
  b: 1e9,
  trillion: 1e12,
  tn: 1e12,
  tausend: 1e3,
  tsd: 1e3,
  mio: 1e6,
  millionen: 1e6,
  millón: 1e6,
  millone: 1e6,
  mrd: 1e9,
  milliarde: 1e9,
  milliarden: 1e9,
  milliard: 1e9,
  'mil millone': 1e9,
};

const spelledNumbers = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
    'eighteen nineteen twenty'
  )
    .split(' ')
    .map((word, value): [string, number] => [word, value]),
);
for (const [index, word] of 'thirty forty fifty sixty seventy eighty ninety'.split(' ').entries())
  spelledNumbers.set(word, 30 + 10 * index);

/** English, German, French, Spanish; full and shortened, in the order of the year. */
const monthNames = (
  'january jan januar jänner janvier enero ene|february feb februar février févr febrero|march mar märz mrz mars marzo|' +
  'april apr avril avr abril abr|may mai mayo|june jun juni juin junio|july jul juli juillet juil julio|' +
  'august aug août agosto ago|september sep sept septembre septiembre setiembre|' +
  'october oct oktober okt octobre octubre|november nov novembre noviembre|december dec dezember dez décembre déc diciembre dic'
)
  .split('|')
  .map((names) => names.split(' '));
const monthWord = `(?:${monthNames
  .flat()
  .sort((a, b) => b.length - a.length)
  .join('|')})\\.?`;
const datePatterns: readonly { readonly pattern: RegExp; readonly order: readonly ('y' | 'm' | 'd')[] }[] = [
  {
    pattern: new RegExp(`\\b(${monthWord})\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+((?:19|20)\\d\\d)\\b`, 'gi'),
    order: ['m', 'd', 'y'],
  },
  {
    pattern: new RegExp(
      `\\b(\\d{1,2})(?:st|nd|rd|th|er|º)?\\.?\\s+(?:de\\s+)?(${monthWord})\\s+(?:de\\s+|del\\s+)?((?:19|20)\\d\\d)\\b`,
      'gi',
    ),
    order: ['d', 'm', 'y'],
  },
  { pattern: /\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b/g, order: ['d', 'm', 'y'] },
  { pattern: /\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/g, order: ['y', 'm', 'd'] },
];

const numberPattern =
  /(?<![\p{L}\p{N}.,])(?<!\p{L}[-–])(?:US)?(?<currency>[$€£¥])?\s?\(?[-–−]?[$€£¥]?(?<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:\.\d{3})+(?=,\d)|\d+)(?<fraction>[.,]\d+(?![\d,]))?\)?(?<rest>[\p{L}-]*)(?<percent>\s?\)?\s?(?:%|per ?cent\b|percentage\b|basis points?\b|bps\b|pct\b|prozent\b|pour ?cent\b|por ciento\b))?(?<unit>[\s-](?:mil millones|thousand|million|billion|trillion|mn|mln|bn|tn|tsd|tausend|mio|mrd|millionen|milliarden?|milliard|millón|millone)s?(?![\p{L}]))?/giu;
const spelledPattern = new RegExp(
  `\\b(${[...spelledNumbers.keys()].join('|')})(?:[- ](one|two|three|four|five|six|seven|eight|nine))?(?<percent>\\s(?:per ?cent|percentage))?(?<unit>[\\s-](?:thousand|million|billion|trillion)s?)?\\b`,
  'gi',
);

/** In the order of the text. */
export function numbersOf(text: string): FoundNumber[] {
  const found: FoundNumber[] = [];
  // `FY2022` has a year in it; blanks keep the places.
  let rest = text.replace(/\bFY ?['’]?(?=(?:19|20)\d\d\b)/gi, (prefix) => ' '.repeat(prefix.length));
  for (const { pattern, order } of datePatterns) {
    for (const match of rest.matchAll(pattern)) {
      const parts = Object.fromEntries(order.map((part, index) => [part, match[index + 1] ?? '']));
      const month = monthNumber(parts['m'] ?? '');
      const day = Number(parts['d']);
      if (month === 0 || day === 0 || day > 31) continue;
      const mantissa = Number(parts['y']) * 10_000 + month * 100 + day;
      found.push({ kind: 'date', ...placeOf(match), mantissa, ...plainNumber });
      rest = blanked(rest, match);
    }
  }
  for (const match of rest.matchAll(numberPattern)) {
    const number = readNumber(match);
    if (number) found.push(number);
  }
  for (const match of rest.matchAll(spelledPattern)) {
    const tens = spelledNumbers.get((match[1] ?? '').toLowerCase()) ?? 0;
    const ones = match[2] === undefined ? 0 : (spelledNumbers.get(match[2].toLowerCase()) ?? 0);
    const unit = match.groups?.['unit']?.trim().replace(/^-|s$/g, '').toLowerCase();
    found.push({
      kind: 'number',
      ...placeOf(match),
      mantissa: tens + ones,
      decimals: 0,
      scale: unit === undefined ? null : (scales[unit] ?? null),
      percent: match.groups?.['percent'] !== undefined,
      spelled: true,
    });
  }
  return shareUnits(
    text,
    found.sort((a, b) => a.start - b.start),
  );
}

/** `between 5 and 10 million`, `3 to 4 percent`: the unit is said once. */
function shareUnits(text: string, numbers: readonly FoundNumber[]): FoundNumber[] {
  return numbers.map((number, index) => {
    const next = numbers[index + 1];
    if (!next || number.kind !== 'number' || next.kind !== 'number' || number.scale !== null || number.percent)
      return number;
    if (!/^\s*(?:to|and|or|[-–—])\s*$/i.test(text.slice(number.end, next.start))) return number;
    return { ...number, scale: next.scale, percent: next.percent };
  });
}

const plainNumber = { decimals: 0, scale: null, percent: false, spelled: false } as const;

function placeOf(match: RegExpExecArray): { start: number; end: number; text: string } {
  const [whole] = match;
  const lead = whole.length - whole.trimStart().length;
  const text = whole.trim();
  return { start: match.index + lead, end: match.index + lead + text.length, text };
}

function blanked(text: string, { index, 0: part }: RegExpExecArray): string {
  return text.slice(0, index) + ' '.repeat(part.length) + text.slice(index + part.length);
}

/** From 1; 0 for what is no month's name or number. */
export function monthNumber(word: string): number {
  if (/^\d+$/.test(word)) return Number(word) <= 12 ? Number(word) : 0;
  const name = word.toLowerCase().replace('.', '');
  return monthNames.findIndex((names) => names.includes(name)) + 1;
}

/** To a percent. */
const basisPoints = 100;

function readNumber(match: RegExpExecArray): FoundNumber | null {
  const { digits = '', fraction = '', rest = '', percent, unit, currency } = match.groups ?? {};
  const suffix = rest.toLowerCase();
  const joined = suffix.replace(/^-/, '');
  // `10-K`, `401k`, `3M`, `2nd`: names and ordinals; `$3M` and `5-year` have a number in them.
  const ownScale = currency !== undefined || joined.length > 1 ? scales[joined.replace(/s$/, '')] : undefined;
  if (suffix !== '' && ownScale === undefined && !/^-(?:\p{L}{3,}|$)/u.test(suffix)) return null;
  const european = /^\d{1,3}(?:\.\d{3})+$/.test(digits);
  // `1,5` is one and a half where commas are decimal; `1,500` is matched whole before.
  const behind = fraction.slice(1);
  const written = Number(`${digits.replace(/[.,]/g, '')}${behind === '' ? '' : `.${behind}`}`);
  const isBasis = /basis|bps/i.test(percent ?? '');
  const value = isBasis ? Number((written / basisPoints).toFixed(behind.length + 2)) : written;
  if (!Number.isFinite(value)) return null;
  const bare =
    percent === undefined && unit === undefined && currency === undefined && behind === '' && !/[,.]/.test(digits);
  const isYear = bare && !european && suffix === '' && /^(?:19|20)\d\d$/.test(digits);
  const place = placeOf(match);
  // A bracket that another word opened, `(see note 5)`, is not the number's.
  const text = place.text.startsWith('(') || !place.text.endsWith(')') ? place.text : place.text.slice(0, -1);
  const hyphen = suffix === '' || ownScale !== undefined ? 0 : suffix.length;
  const told = hyphen > 0 && percent === undefined && unit === undefined ? text.slice(0, text.length - hyphen) : text;
  const unitWord = unit?.trim().replace(/^-|s$/g, '').toLowerCase();
  return {
    kind: isYear ? 'year' : 'number',
    start: place.start,
    end: place.start + told.length,
    text: told,
    mantissa: value,
    decimals: behind.length + (isBasis ? 2 : 0),
    scale: unitWord === undefined ? (ownScale ?? null) : (scales[unitWord] ?? null),
    percent: percent !== undefined,
    spelled: false,
  };
}

/** The scales that a passage announces for its tables: `(in millions)`, `$ in thousands`, `(000s)`. */
export function announcedScales(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  const pattern =
    /\b(?:in|dollars?|amounts?|\$)\s+(?:u\.?s\.? )?(?:dollars? )?(?:in )?\(?(thousand|million|billion)s\b|\((thousand|million|billion)s\b/gi;
  for (const [, first, second] of text.matchAll(pattern)) {
    const scale = scales[(first ?? second ?? '').toLowerCase()];
    if (scale !== undefined) found.add(scale);
  }
  return found;
}

/** Digits that carry value: 34,200 has three. */
function significantDigits({ mantissa, decimals }: FoundNumber): number {
  const digits = mantissa.toFixed(decimals).replace('.', '').replace(/^0+/, '');
  return decimals > 0 ? digits.length : digits.replace(/0+$/, '').length;
}

/** A number is told rounded when it has at least this many significant digits; `5` for 5.3 is another number. */
const leastRoundedDigits = 2;

export interface NumberSource {
  readonly numbers: readonly FoundNumber[];
  /** Scales that hold where none stands beside the number. */
  readonly scales: ReadonlySet<number>;
}

/** Whether a number of a claim is one of the source's, written in another way or rounded. */
export function standsIn(claim: FoundNumber, claimScales: ReadonlySet<number>, source: NumberSource): boolean {
  return source.numbers.some((number) => isSame(claim, claimScales, number, source.scales));
}

export function isSame(
  claim: FoundNumber,
  claimScales: ReadonlySet<number>,
  number: FoundNumber,
  sourceScales: ReadonlySet<number>,
): boolean {
  if (claim.kind === 'year') {
    if (number.kind === 'date') return Math.floor(number.mantissa / 10_000) === claim.mantissa;
    return number.mantissa === claim.mantissa && number.scale === null;
  }
  if (claim.kind === 'date' || number.kind === 'date') {
    return claim.kind === number.kind && claim.mantissa === number.mantissa;
  }
  const sameFigure = claim.mantissa === number.mantissa;
  if (claim.percent || number.percent) {
    // Tables have the sign in a column of its own, and prose says points where a table says percent.
    if (claim.scale !== null || number.scale !== null) return false;
    if (sameFigure || isRounded(claim, number.mantissa, number)) return true;
    // `25%` and `0.25`.
    const [share, other] = claim.percent ? [number, claim] : [claim, number];
    return (
      !share.percent &&
      share.decimals >= 2 &&
      share.mantissa < 1 &&
      Number((share.mantissa * 100).toFixed(other.decimals)) === other.mantissa
    );
  }
  // `12.500` is twelve and a half thousand where points group digits.
  if (grouped(claim) === number.mantissa || claim.mantissa === grouped(number)) return true;
  const own = claim.scale === null ? (claimScales.size > 0 ? [...claimScales] : [1]) : [claim.scale];
  const others = number.scale === null ? [1, ...sourceScales] : [number.scale];
  for (const mine of own) {
    for (const theirs of others) {
      const value = (number.mantissa * theirs) / mine;
      if (Math.abs(value - claim.mantissa) <= Math.abs(value) * 1e-9) return true;
      if (isRounded(claim, value, number)) return true;
    }
  }
  // A table's heading may lie outside the passage: the figure itself is there, and nothing says another scale.
  if (!sameFigure) return false;
  return number.scale === null && (claim.scale === null || sourceScales.size === 0);
}

function grouped({ text, decimals, mantissa, scale }: FoundNumber): number | null {
  return decimals === 3 && scale === null && /(?<![\d.])[1-9]\d{0,2}\.\d{3}(?!\d)/.test(text) ? mantissa * 1_000 : null;
}

function isRounded(claim: FoundNumber, value: number, number: FoundNumber): boolean {
  const digits = significantDigits(claim);
  if (digits < leastRoundedDigits || digits >= significantDigits(number)) return false;
  return Number(value.toFixed(claim.decimals)) === claim.mantissa;
}

/** Whether a number tells one place from another: a date, an amount with digits enough; no year, no small count. */
export function isTelling(number: FoundNumber): boolean {
  if (number.kind === 'date') return true;
  return number.kind === 'number' && !number.spelled && (significantDigits(number) >= 2 || number.percent);
}

/**
 * Whether a number follows from two others by difference, sum, ratio or change in percent.
 * @param announced The scale of those that have none beside them.
 */
export function followsFrom(
  claim: FoundNumber,
  others: readonly FoundNumber[],
  announced: ReadonlySet<number> = new Set(),
): boolean {
  if (claim.kind !== 'number' || significantDigits(claim) < leastRoundedDigits) return false;
  const values = others.filter(({ kind }) => kind === 'number');
  const [scale = 1] = announced;
  for (const first of values) {
    for (const second of values) {
      if (first === second || second.mantissa === 0) continue;
      const a = first.mantissa * (first.scale ?? scale);
      const b = second.mantissa * (second.scale ?? scale);
      const own = claim.scale ?? scale;
      const results = claim.percent
        ? [(100 * a) / b, (100 * Math.abs(a - b)) / b]
        : [(a - b) / own, (a + b) / own, a / b];
      if (results.some((value) => Number(value.toFixed(claim.decimals)) === claim.mantissa)) return true;
    }
  }
  return false;
}
