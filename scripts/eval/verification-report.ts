/** `npm run eval -- verification <folder>`: the check of answers' sentences, in lines of text; see verification.ts. */
import { percentile } from '../bench/report.ts';
import type { VerificationMeasure } from './verification.ts';

export function verificationReport(measure: VerificationMeasure): string[] {
  const { documents, passages, kinds, parts, seeded, quotes, milliseconds, withModelMilliseconds } = measure;
  const percent = (share: number): string => (Number.isNaN(share) ? '–' : (100 * share).toFixed(1)).padStart(9);
  const truth = (isTrue: boolean | null): string => (isTrue === null ? 'open' : isTrue ? 'true' : 'false');
  const ordered = [...kinds].sort((a, b) => a.part.localeCompare(b.part));
  return [
    `${documents} documents, ${passages} passages. Rules, words and thresholds were chosen on “development” alone.`,
    `${'part'.padEnd(13)}${'kind'.padEnd(34)}${'is'.padEnd(6)}count supported   partly      not unjudged  by words alone: supported, not (%)`,
    ...ordered.map(
      ({ part, kind, isTrue, count, verdicts, byWords }) =>
        `${part.padEnd(13)}${kind.padEnd(34)}${truth(isTrue).padEnd(6)}${String(count).padStart(5)} ` +
        `${percent(verdicts.supported)}${percent(verdicts.partly)}${percent(verdicts.unsupported)}${percent(verdicts.unjudged)}` +
        `  ${percent(byWords.supported)}${percent(byWords.unsupported)}`,
    ),
    'Paraphrases and rows, by verdict:',
    ...parts.map(
      ({ part, trueCount, falseCount, supported, unsupported, partly }) =>
        `${part.padEnd(13)}${trueCount} true, ${falseCount} false · supported: precision${percent(supported.precision)}, recall${percent(supported.recall)}` +
        ` · not supported: precision${percent(unsupported.precision)}, recall${percent(unsupported.recall)}` +
        ` · partly:${percent(partly.ofTrue)} of the true,${percent(partly.ofFalse)} of the false`,
    ),
    'Seeded sentences (verification-seeded.ts), names exchanged for others of their kind:',
    ...seeded.map(
      ({ part, kind, entity, count, verdicts }) =>
        `${part.padEnd(13)}${(entity === null ? kind : `${kind}: ${entity}`).padEnd(40)}${String(count).padStart(5)} ` +
        `${percent(verdicts.supported)}${percent(verdicts.partly)}${percent(verdicts.unsupported)}${percent(verdicts.unjudged)}`,
    ),
    `Answers of the documents’ own sentences: ${quotes.supported} of ${quotes.sentences} cited sentences supported in ${quotes.answers} answers; ${quotes.flagged} uncited ones flagged.`,
    `One sentence: the rule ${percentile(milliseconds, 0.5).toFixed(1)} ms, 95th percentile ${percentile(milliseconds, 0.95).toFixed(1)} ms; ` +
      `with the model ${percentile(withModelMilliseconds, 0.5).toFixed(1)} ms, 95th percentile ${percentile(withModelMilliseconds, 0.95).toFixed(1)} ms.`,
  ];
}
