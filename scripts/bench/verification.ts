/** The check of answers on sentences made from real filings; see scripts/eval/verification.ts. */
import { withFolder } from './core.ts';
import { atLeast, atMost, percentile, type BenchResult } from './report.ts';
import { evaluationFolder } from './sets.ts';
import { measureVerification, type KindMeasure, type VerificationMeasure } from '../eval/verification.ts';
import { falseKinds, personKind, trueKinds } from '../eval/verification-set.ts';

/** Kinds that must reach the limit; the others are told as they are. */
const limited: readonly string[] = ['number altered', 'name swapped'];
const limit = 90;
/** Milliseconds that main may be busy with one sentence. */
const longestCheck = 50;

export async function run(): Promise<BenchResult[]> {
  const measure = await withFolder((folder) => measureVerification(evaluationFolder(), folder));
  const rows = measure.withModel;
  const wrong = falseKinds.flatMap((kind) => wrongKind(measure, kind));
  const right = [...trueKinds, personKind].map((kind): BenchResult => {
    const { verdicts, count } = kindOf(rows, kind);
    const note =
      kind === personKind
        ? 'Answers of FinanceBench against their evidence pages: what is not supported is mostly calculated and stands nowhere.'
        : 'True sentences.';
    return told(
      `supported: ${kind}`,
      verdicts.supported,
      `${note} ${count} sentences; in part ${percent(verdicts.partly)}, not supported ${percent(verdicts.unsupported)}.`,
    );
  });
  const times = measure.sentences.map(({ milliseconds }) => milliseconds);
  const time = atMost(
    'one sentence checked, 95th percentile',
    percentile(times, 0.95),
    longestCheck,
    'ms',
    `On main’s thread, its passage made ready included; median ${percentile(times, 0.5).toFixed(1)} ms.`,
  );
  return [...wrong, ...right, time];
}

function wrongKind({ withModel, byWords, documents, passages }: VerificationMeasure, kind: string): BenchResult[] {
  const { unsupported, precision, count } = kindOf(withModel, kind);
  const words = kindOf(byWords, kind);
  const make = limited.includes(kind)
    ? (name: string, value: number, detail: string) => atLeast(name, 100 * value, limit, '%', detail)
    : told;
  return [
    make(
      `recall of “not supported”: ${kind}`,
      unsupported,
      `${count} sentences of ${documents} documents (${passages} passages); by words alone ${percent(words.unsupported)}.`,
    ),
    make(
      `precision of “not supported”: ${kind}`,
      precision,
      `Beside as many true sentences (verbatim, reworded, rows); by words alone ${percent(words.precision)}.`,
    ),
  ];
}

function kindOf(rows: readonly KindMeasure[], kind: string): KindMeasure {
  const row = rows.find((candidate) => candidate.kind === kind);
  if (!row) throw new Error(`There are no sentences of the kind ${kind}.`);
  return row;
}

function told(name: string, value: number, detail: string): BenchResult {
  return { name, value: 100 * value, unit: '%', limit: 'none set', holds: true, detail };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
