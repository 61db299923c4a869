/**
 * Values for fast-check: those that a zod schema lets through, and those that are broken on purpose.
 *
 * The way from zod goes over JSON Schema, which zod itself writes; zod-fast-check knows neither zod 4 nor fast-check 4.
 */
import fc from 'fast-check';
import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;
/** Strings by the name of the property that holds them (or their list), where the schema alone does not tell enough. */
export type NamedStrings = Readonly<Record<string, fc.Arbitrary<string>>>;

/** Items of a list, and characters of a string, unless the schema wants more; the limits themselves are tried, too. */
const FEW = 8;
const SHORT = 30;
const LONGEST = 20_000;

/** What a person, a file or an attacker may well type: quotes of three languages, wildcards, other scripts, controls. */
const oddWords = [
  '"',
  "'; DROP TABLE documents; --",
  '"harbour crane" NEAR(',
  'crane* OR NOT -ring ^',
  '%_\\%',
  '../../secret',
  '<img src=x onerror=alert(1)>',
  '[1](javascript:alert(1)) `x`',
  'a\u0000b',
  'b\ud800c',
  '\u202Eexe.fdp',
  'İıſßẞ',
  '👩‍👩‍👧‍👦',
  'नमस्ते 안녕 שלום',
  '__proto__',
  'constructor',
];

/** Strings of a form of their own; addresses are of this computer, where nobody listens. */
const formats: NamedStrings = {
  uuid: fc.uuid(),
  uri: fc.constantFrom('http://127.0.0.1:9/v1', 'http://localhost:9/v1'),
  email: fc.constantFrom('ada@example.com', 'Ada.Lovelace+1@example.com'),
};

/** Params that a schema lets through, as a window would send them (what has a default may be left out). */
export function arbitraryOf(schema: z.ZodType, named: NamedStrings): fc.Arbitrary<unknown> {
  return fromJson(z.toJSONSchema(schema, { io: 'input' }), '', named);
}

function fromJson(schema: JsonSchema, name: string, named: NamedStrings): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fromJson(one, name, named)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integers(schema);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'string':
      return strings(schema, named[name] ?? formats[schema.format ?? '']);
    case 'array':
      return lists(schema, name, named);
    case 'object':
      return records(schema, named);
    default:
      throw new Error(`No values are known for ${JSON.stringify(schema)}.`);
  }
}

function integers({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema) {
  const low = Math.max(minimum, -3);
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: low, max: Math.min(maximum, low + 40) }) },
    { weight: 1, arbitrary: fc.integer({ min: minimum, max: maximum }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
  );
}

function strings(schema: JsonSchema, named?: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = LONGEST } = schema;
  const longest = Math.min(maxLength, LONGEST);
  const any =
    named ??
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('crane', 'ring', 'Which crane is worn?', 'notes') },
      { weight: 3, arbitrary: fc.constantFrom(...oddWords) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength, maxLength: SHORT }) },
      { weight: 1, arbitrary: fc.constant('word '.repeat(longest / 5).padEnd(longest, 'x')) },
    );
  return any.filter((text) => text.trim().length >= minLength && text.length <= maxLength);
}

function lists(schema: JsonSchema, name: string, named: NamedStrings): fc.Arbitrary<unknown> {
  const { items, minItems = 0, maxItems = FEW } = schema;
  if (typeof items !== 'object' || Array.isArray(items)) return fc.constant(null).map(() => []);
  return fc.array(fromJson(items, name, named), { minLength: minItems, maxLength: Math.min(maxItems, minItems + FEW) });
}

function records({ properties = {}, required = [] }: JsonSchema, named: NamedStrings): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).flatMap(([key, value]) =>
    typeof value === 'object' ? [[key, fromJson(value, key, named)] as const] : [],
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

const hugeText = (): unknown => 'ü'.repeat(500_000);
const hugeList = (): unknown => Array.from({ length: 100_000 }, (_, index) => index);
const deepList = (): unknown => nest((inner) => [inner]);
const deepObject = (): unknown => nest((inner) => ({ documentIds: inner, settings: inner }));
const loop = (): unknown => {
  const ring: Record<string, unknown> = { documentId: 'a' };
  ring['self'] = ring;
  ring['list'] = [ring, ring];
  return ring;
};

function nest(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'the innermost';
  for (let depth = 0; depth < 1_000; depth += 1) value = wrap(value);
  return value;
}

/** What no schema of Quire wants, as far as it can be sent at all: wrong kinds, wrong sizes, names of prototypes, loops. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<unknown[]>(...hostileConstants()) },
  { weight: 6, arbitrary: fc.constantFrom(...oddWords) },
  { weight: 1, arbitrary: fc.constantFrom(hugeText, hugeList, deepList, deepObject, loop).map((make) => make()) },
  {
    weight: 9,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
  },
);

function hostileConstants(): unknown[] {
  return [
    undefined,
    null,
    true,
    '',
    ' ',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    -1,
    0.5,
    2 ** 53,
    Number.MAX_VALUE,
    10n ** 30n,
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'file:///etc/passwd',
    'javascript:alert(1)',
    [],
    {},
    [null],
    [[]],
    JSON.parse('{"__proto__":{"polluted":true}}'),
    { constructor: { prototype: { polluted: true } } },
    { toString: 1, valueOf: 1, toJSON: 1, length: -1, then: 1 },
    new Date(Number.NaN),
    /(a+)+$/,
    new Error('an error of the window'),
    Object('boxed'),
    new Map([[{}, {}]]),
    new Uint8Array(1_000),
    Symbol('not to be sent'),
    () => 'not to be sent',
    new Proxy({}, {}),
  ];
}

interface Change {
  readonly kind: 'replace' | 'remove' | 'add';
  /** Which of the places of a value it is done to. */
  readonly place: number;
  readonly key: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'remove', 'add'),
  place: fc.nat(),
  key: fc.constantFrom('extra', '__proto__', 'constructor', 'toString', 'then', 'length', '0', ''),
  value: hostile,
});

/** A value with one to three things in it replaced, left out or added. */
export function broken(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 })).map(([value, changes]) => {
    // A copy, since fast-check keeps what it made; in a holder, so that the whole may be replaced as any of its parts.
    const holder = { value: structuredClone(value) };
    const places = placesOf(holder, 0);
    for (const { place, ...each } of changes) apply(places[place % places.length] ?? [holder, 'value', null], each);
    return holder.value;
  });
}

type Place = readonly [parent: object, key: PropertyKey, value: unknown];

function apply([parent, at, present]: Place, { kind, key, value }: Omit<Change, 'place'>): void {
  if (kind === 'replace') define(parent, at, value);
  else if (kind === 'remove') Reflect.deleteProperty(parent, at);
  else if (isContainer(present)) define(present, Array.isArray(present) ? present.length : key, value);
}

/** An own property, also of a name that assigning would give to the prototype. */
function define(target: object, key: PropertyKey, value: unknown): void {
  Reflect.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function placesOf(value: object, depth: number): Place[] {
  return Object.entries(value)
    .slice(0, 50)
    .flatMap(([key, child]: [string, unknown]): Place[] => [
      [value, key, child],
      ...(isContainer(child) && depth < 4 ? placesOf(child, depth + 1) : []),
    ]);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
