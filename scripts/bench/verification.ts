/** The check of answers on sentences made from real filings; see scripts/eval/verification.ts. */
import { withFolder } from './core.ts';
import { atLeast, atMost, percentile, withoutLimit, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';
import { measureVerification, type KindMeasure, type VerificationMeasure } from '../eval/verification.ts';
import { seededParts, type SeededPart } from '../eval/verification-seeded.ts';
import { falseKinds, personKinds, trueKinds } from '../eval/verification-set.ts';

/** Kinds that must reach the limit, at development and held out; the others are told as they are. */
const limited: readonly string[] = ['number altered', 'name swapped'];
const limit = 90;
/** Quotes are the passages' own words. */
const quoteLimit = 99;
/** Milliseconds that the pipeline host may be busy with one sentence. */
const longestCheck = 50;

export async function run(): Promise<BenchResult[]> {
  const measure = await withFolder((folder) => measureVerification(evaluationFolder(), folder));
  const wrong = falseKinds.flatMap((kind) => wrongKind(measure, kind));
  const right = [...trueKinds, ...personKinds].map((kind): BenchResult => {
    const { supported, partly, unsupported, count } = joined(measure.kinds.filter((row) => row.kind === kind));
    return told(
      `supported: ${kind}`,
      supported,
      `${count} sentences; in part ${percent(partly)}, not supported ${percent(unsupported)}.`,
    );
  });
  return [
    ...wrong,
    ...right,
    ...measure.parts.flatMap(verdictRows),
    ...seededParts.flatMap((part) => seededRows(measure, part)),
    quotes(measure),
    ...times(measure),
  ];
}

/** Paraphrases and rows: what was developed on, and what was held out. */
function verdictRows({ part, trueCount, falseCount, ...by }: VerificationMeasure['parts'][number]): BenchResult[] {
  const what = `Paraphrases and rows of ${part} companies: ${trueCount} true, ${falseCount} false.`;
  return (['supported', 'unsupported'] as const).flatMap((verdict) => [
    told(`${part}: precision of “${verdict}”`, by[verdict].precision, what),
    told(
      `${part}: recall of “${verdict}”`,
      by[verdict].recall,
      `${what} In part: ${percent(by.partly.ofTrue)} of the true, ${percent(by.partly.ofFalse)} of the false.`,
    ),
  ]);
}

/** Sentences of another making, by company: tuned on, held out, and known by the totals alone. */
function seededRows({ seeded }: VerificationMeasure, part: SeededPart): BenchResult[] {
  const own = seeded.filter((row) => row.part === part);
  const retold = own.find(({ kind }) => kind === 'retold');
  const alarms = retold?.verdicts.unsupported ?? Number.NaN;
  const rows = own.flatMap(({ kind, entity, count, verdicts: { unsupported, partly } }): BenchResult[] => {
    if (kind === 'retold') return [];
    if (entity !== null && entity !== 'lower-case term')
      return [told(`${part}: recall of “not supported”: ${entity}`, unsupported, `${count} of the swapped names.`)];
    const make =
      limited.includes(kind) && entity === null
        ? (name: string, value: number, detail: string) => atLeast(name, 100 * value, limit, '%', detail)
        : told;
    const what = entity ?? kind;
    return [
      make(
        `${part}: recall of “not supported”: ${what}`,
        unsupported,
        `${count} sentences, retold before they were altered; in part ${percent(partly)}.`,
      ),
      make(
        `${part}: precision of “not supported”: ${what}`,
        unsupported / (unsupported + alarms),
        `Beside as many true sentences, retold in the same way.`,
      ),
    ];
  });
  return [
    ...rows,
    told(
      `${part}: supported: retold`,
      retold?.verdicts.supported ?? Number.NaN,
      `True sentences. ${retold?.count ?? 0} sentences; in part ${percent(retold?.verdicts.partly ?? 0)}, not supported ${percent(alarms)}.`,
    ),
  ];
}

function quotes({ quotes: { answers, sentences, supported, flagged } }: VerificationMeasure): BenchResult {
  const detail = `${supported} of ${sentences} cited sentences in ${answers} answers; ${flagged} uncited ones flagged.`;
  return atLeast(
    'quotes of the built-in answers that are supported',
    (100 * supported) / sentences,
    quoteLimit,
    '%',
    detail,
  );
}

function times({ milliseconds, withModelMilliseconds }: VerificationMeasure): BenchResult[] {
  return [
    atMost(
      'one sentence checked, 95th percentile',
      percentile(withModelMilliseconds, 0.95),
      longestCheck,
      'ms',
      `In the pipeline host, passage made ready and meaning compared; median ${percentile(withModelMilliseconds, 0.5).toFixed(1)} ms, the rule alone ${percentile(milliseconds, 0.95).toFixed(1)} ms.`,
    ),
  ];
}

function wrongKind({ kinds, documents, passages }: VerificationMeasure, kind: string): BenchResult[] {
  const { unsupported, count } = joined(kinds.filter((row) => row.kind === kind));
  const alarms = joined(kinds.filter((row) => trueKinds.some((name) => name === row.kind))).unsupported;
  const make = limited.includes(kind)
    ? (name: string, value: number, detail: string) => atLeast(name, 100 * value, limit, '%', detail)
    : told;
  return [
    make(
      `recall of “not supported”: ${kind}`,
      unsupported,
      `${count} sentences of ${documents} documents (${passages} passages).`,
    ),
    make(
      `precision of “not supported”: ${kind}`,
      unsupported / (unsupported + alarms),
      'Beside as many true sentences (verbatim, reworded, rows).',
    ),
  ];
}

/** Of all sentences of the rows together. */
function joined(rows: readonly KindMeasure[]) {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const share = (verdict: 'supported' | 'partly' | 'unsupported'): number =>
    rows.reduce((sum, row) => sum + row.count * row.verdicts[verdict], 0) / count;
  return { count, supported: share('supported'), partly: share('partly'), unsupported: share('unsupported') };
}

function told(name: string, value: number, detail: string): BenchResult {
  return withoutLimit(name, 100 * value, '%', detail);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
