/**
 * The sentences of a document that can stand in an extractive piece, each with its place. Pure.
 *
 * What says nothing alone is left out: headings, rows, fragments, sentences that point at the one before, references to
 * other places, and the formulas that every document of its kind has.
 */
import type { Hit } from '../../../shared/domain.ts';
import { segmentsOf } from '../answer-segments.ts';
import { asRead } from '../markdown-marks.ts';
import { termsOf } from '../answer-terms.ts';

/** A passage of the material with its stored vector. */
export interface SourceChunk {
  readonly hit: Hit;
  /** Length 1; null where none is stored. */
  readonly vector: Float32Array | null;
}

export interface Sentence {
  /** Index of its chunk. */
  readonly chunk: number;
  /** Place among the document's sentences, 0 to 1. */
  readonly place: number;
  /** Range of the chunk's text. */
  readonly start: number;
  readonly end: number;
  /** With single spaces. */
  readonly text: string;
  /** Its words, comparable, each once. */
  readonly stems: readonly string[];
  /** What its form says of it, about 0.2 to 1.6; 1 for a plain sentence. */
  readonly form: number;
}

/** Words. */
const shortest = 7;
const longest = 62;
/** Characters. */
const longestText = 460;

/** Begins with a word that points at the sentence before, or with one that hangs on to it. */
const pointsBack =
  /^(?:it|its|this|these|those|they|their|such|he|she|his|her|that|there|however|therefore|thus|hence|accordingly|consequently|moreover|furthermore|in addition|additionally|also|similarly|likewise|instead|finally|as (?:a result|such|described|discussed|noted|shown|of)|for (?:example|instance|this|these|such)|in (?:this|these|such|that|other words|the (?:table|figure|following|above))|(?:the )?(?:following|foregoing|above|latter|former|aforementioned|same)|and|but|or|nor|so|yet|because|which|who|whose|where|while|with respect to (?:this|these|such)|if (?:this|these|such|any|we|our|you|the company)|other|others|another|both|each of|some of these|see|refer|note|please|figure|table|exhibit|item|source|click|visit)\b/i;

/** Formulas, notices and references to elsewhere: nothing that a reader wants to be told. */
const boilerplate =
  /^for (?:more|further|additional|a (?:full )?(?:discussion|description)|information)\b|\bitem \d|information currently available|base these estimates|not have a material|forward[- ]looking|incorporated (?:herein )?by reference|check ?mark|table of contents|accompanying notes|hereunto|undersigned|duly (?:authorized|caused)|all rights reserved|©|\(c\) (?:19|20)\d\d|copyright|trademarks? (?:of|or)|safe harbor|(?:annual|quarterly|current) report on form|form (?:10-?[kq]|8-?k|20-?f|s-?\d)|securities (?:exchange )?act|sarbanes|exchange commission|file(?:d|s) (?:with|electronically)|investor relations|conference call|webcast|(?:press|earnings|news) release|website|www\.|https?:|@\w+\.|internal control|disclosure controls|in accordance with (?:u\.s\. )?gaap|generally accepted accounting|non-?gaap|reconciliation|shown (?:in|below)|(?:summari[sz]ed|presented|included|listed|described|discussed|set forth|contained|provided|disclosed|defined|detailed|reflected) (?:in|below|above|under|elsewhere)|(?:see|refer to|read in conjunction with|as defined in) (?:the |our |also )?(?:"|“|note|item|part|section|appendix|exhibit|figure|table|chapter|page|risk)|except as (?:otherwise )?(?:required|noted)|no assurance|cannot (?:assure|guarantee|predict)|the following (?:table|discussion|chart|graph|is|are|summary|section)|critical accounting|recently (?:issued|adopted)|accounting (?:standards? update|pronouncement)|\basu\b|fiscal years? (?:20\d\d )?(?:refers?|ended|end on)|unless (?:the context|otherwise)|permission|reproduc(?:e|ed|tion)|without (?:fee|prior)|citation|to whom correspondence|et al\.$|incorporated in|aggregate market value|par value|outstanding (?:shares|as of)|principal executive offices/i;

/** What might happen, said by every document of its kind. */
const speculation =
  /\b(?:could|may|might|would)\b[^.]{0,80}\b(?:adverse|harm|impair|negative|materially|fail|suffer|disrupt|decline|subject|result in|be (?:affected|unable|required|subject|impacted|harmed))|adverse(?:ly)? (?:affect|effect|impact)|there (?:is|are|can be) no |from time to time|including,? (?:but )?(?:not|without) limit/i;

/** How a document is measured or kept, rather than what it says. */
const bookkeeping =
  /\b(?:recogni[sz]ed? (?:revenue|when|as|over|in)|measured at|carrying (?:value|amount)|fair value|amorti[sz]ed|straight-line|estimated useful|accounted for|accounting|deferred tax|unrecognized|lessee|hedg(?:e|es|ing)|derivative|level [123]|impairment|contractual|judgment is required|assumptions?|estimates? (?:of|are|and)|covenants?|indenture|auditor|audit|opinion|vest(?:s|ing|ed)?|grant(?:ed|s)? date|withh(?:e|o)ld|statutory|board of directors|indemnif\w+|limited liability)\b/i;

/** Two columns run into one another, a word that its line's end cut, a reference to a place in the text. */
const broken = /\p{Ll}- \p{L}|^\d+,? (?:and|or)\b|\b(?:in|of) (?:section|chapter|appendix) \d|\(continued\)/iu;

/** Who held which office when. */
const biography =
  /\b(?:Mr|Ms|Mrs)\. \p{Lu}|\bserved (?:as|on)\b|\bprior to (?:that|joining|assuming)\b|\bholds an? \w+ degree/u;

const says =
  /\b(?:is|are|was|were) (?:a|an|the|one of|among)\b|\b(?:we|the company|it) (?:are|is|offers?|provides?|operates?|develops?|designs?|makes?|sells?|serves?|manufactures?|markets?)\b|\b(?:we|this (?:paper|article|report|study|work)|the (?:paper|article|report|study|authors?)) (?:presents?|describes?|shows?|proposes?|finds?|found|introduces?|argues?|examines?|reports?|demonstrates?)\b/i;
const tells =
  /\b(?:increased?|decreased?|grew|rose|fell|declined|improved|higher|lower|up|down|reached|totall?ed|compared (?:with|to)|announced|agreed|approved|acquired|completed|launched|decided|concluded|found|results? (?:show|in|of)|shows? that|we (?:show|find|found|conclude|propose|present)|outperforms?|primarily (?:due|driven)|driven by|requires?|must|shall|recommends?|expects?)\b/i;
const amount = /[$€£¥]\s?\d|\d(?:[.,]\d+)?\s?(?:%|percent|per cent|million|billion|thousand|km|kg|mm|ms|times|fold)\b/i;

const goodSection =
  /\b(?:abstract|summary|overview|introduction|conclusions?|highlights|results|business|general|executive|purpose|findings|recommendations?|key|strategy|about|background|discussion|operations)\b/i;
const poorSection =
  /\b(?:references|bibliography|index|glossary|exhibits?|signatures?|contents|appendix|appendices|acknowledg\w*|legal proceedings|forward-looking|notes? to|accounting|reconciliation|certifications?|governance|properties|item 1a|risk factors|cautionary|copyright|disclaimer|footnotes?|controls|pension|stock-based|leases|income taxes|goodwill|fair value|non-gaap|commitments|contingencies|summary of significant)\b/i;

/** Sentences below which whatever reads as one is taken: a notice, a letter, a page of a contract. */
const fewSentences = 4;

/** What sentences are looked for: whatever is said, or rather what figures changed and what was decided. */
export type Emphasis = 'substance' | 'points';

/** All sentences of a document that can stand alone, in order. Repeated ones are taken once. */
export function* sentencesOf(
  chunks: readonly SourceChunk[],
  emphasis: Emphasis = 'substance',
): Generator<void, Sentence[]> {
  const strict = yield* collect(chunks, emphasis, true);
  return strict.length < fewSentences ? yield* collect(chunks, emphasis, false) : strict;
}

function* collect(chunks: readonly SourceChunk[], emphasis: Emphasis, isStrict: boolean): Generator<void, Sentence[]> {
  const found: Omit<Sentence, 'place'>[] = [];
  const seen = new Set<string>();
  for (const [chunk, { hit }] of chunks.entries()) {
    for (const segment of segmentsOf(hit.text)) {
      if (segment.kind !== 'sentence') continue;
      const text = withoutBullet(asRead(segment.text, hit.path));
      const stems = [...new Set(termsOf(text).map(({ stem }) => stem))];
      const form = formOf(text, stems, hit.headingPath, isStrict) * (emphasis === 'points' ? pointFactor(text) : 1);
      const key = stems.join(' ');
      if (form === 0 || seen.has(key)) continue;
      seen.add(key);
      found.push({ chunk, start: segment.start, end: segment.end, text, stems, form });
    }
    yield;
  }
  const sentences: Sentence[] = [];
  for (const [index, sentence] of found.entries()) {
    sentences.push({ ...sentence, place: found.length < 2 ? 0 : index / (found.length - 1) });
    if (index % 1_024 === 1_023) yield;
  }
  return sentences;
}

function withoutBullet(text: string): string {
  return text.replace(/^(?:[•●▪◦■□‣·*–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+/i, '').trim();
}

/** A key point says what changed, was decided or was found, with its figures. */
function pointFactor(text: string): number {
  return (tells.test(text) ? 1.25 : 0.85) * (amount.test(text) ? 1.3 : 0.9);
}

/** 0 for what cannot stand alone. */
function formOf(text: string, stems: readonly string[], headingPath: readonly string[], isStrict: boolean): number {
  const words = text.split(' ');
  if (words.length < shortest || words.length > longest || text.length > longestText || stems.length < 5) return 0;
  if (
    !/^["“‘(]?(?:\p{Lu}|\p{Lo}|[$€£¥]?\d[\d,.]* ?\p{L})/u.test(text) ||
    !/[.!?]["”’)]*$/.test(text) ||
    /\?["”’)]*$/.test(text)
  )
    return 0;
  if ((isStrict && pointsBack.test(text)) || boilerplate.test(text) || broken.test(text)) return 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  if (letters < text.length * 0.6 || capitals > letters * 0.3) return 0;
  if (words.filter((word) => /\d/.test(word)).length > words.length * 0.34) return 0;
  // Single letters in a row are spaced or broken text; many brackets or stops are references and lists.
  if ((text.match(/(?:^|\s)\p{L}(?=\s)/gu)?.length ?? 0) > 3 || (text.match(/[;:()[\]]/g)?.length ?? 0) > 7) return 0;
  let form = 1;
  if (speculation.test(text)) form *= 0.45;
  if (bookkeeping.test(text)) form *= 0.5;
  if (biography.test(text)) form *= 0.35;
  if (says.test(text)) form *= 1.15;
  if (tells.test(text)) form *= 1.12;
  if (amount.test(text)) form *= 1.12;
  if (words.length < 11 || words.length > 45) form *= 0.85;
  const place = headingPath.join(' ');
  if (poorSection.test(place)) form *= 0.5;
  else if (goodSection.test(headingPath.at(-1) ?? '')) form *= 1.15;
  return form;
}
