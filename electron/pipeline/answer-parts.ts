/**
 * A question that asks for two things (`What were sales, and how many employees are there?`) as two questions: each is
 * searched for and answered on its own, since the passages of one say nothing of the other. Pure.
 */
import { rewriteQuestion, withScopeOf } from './answer-follow-up.ts';
import { termsOf } from './answer-terms.ts';
import { financialTerms } from './query-glossary.ts';
import { withoutInstructions } from './query-plan.ts';
import { wordsOf } from './query-terms.ts';

export interface QuestionPart {
  /** As it was asked, to be told above its answer. */
  readonly asked: string;
  /** With the names and years of the whole question where it has none. */
  readonly question: string;
}

const mostParts = 3;
/** Characters; a longer question was pasted, and its questions are no list. */
const longestQuestion = 600;

const interrogative =
  '(?:(?:how (?:many|much|high|large|big|long|often|old|soon|far|did|do|does|is|are|was|were|has|have|can|could|may|might|must|should|will|would)|what|who|when|where|why|which)\\b)';
const nextQuestion = new RegExp(`(?:,|;)?\\s+(?:and|as well as)(?:\\s+also)?\\s+(?=${interrogative})`, 'i');
const question = new RegExp(
  `^(?:and\\s+|also,?\\s+)?(?:${interrogative}|(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\\b)`,
  'i',
);

/** `What were revenue and net income in 2022?`: opening, first, second, and what holds for both. */
const twoFigures =
  /^(what (?:is|are|was|were)(?: the)?|how (?:much|high|large) (?:is|are|was|were)(?: the)?)\s+(.{3,60}?),? and (?:the )?(.{3,60}?)((?:\s+(?:in|for|at|during|as of|of)\s+.{2,80})?\?*)$/i;
/** Names of one thing with an `and` in it. */
const joined =
  /\b(?:research and development|property,? (?:plant,? )?and equipment|(?:general|selling,? general),? and administrative|cash and (?:cash )?equivalents|mergers and acquisitions|depreciation and amorti[sz]ation|profit and loss|terms and conditions|goodwill and (?:other )?intangible\w*|cash and \w+ securities|costs? and expenses|sales and marketing|(?:notes|accounts|trade) and other|supply and demand|risks? and uncertaint\w+)\b/i;

/** The parts of a question; none when it asks for one thing. */
export function questionParts(whole: string, standing: string): QuestionPart[] {
  if (whole.length > longestQuestion) return [];
  const asked = withoutInstructions(whole)
    .split(/(?<=\?)\s+/)
    .filter((sentence) => question.test(sentence.trim()))
    .flatMap((sentence) => sentence.split(nextQuestion))
    .flatMap(figuresOf)
    .map((part) =>
      part
        .trim()
        .replace(/^(?:and|also),?\s+/i, '')
        .replace(/[,;]$/, ''),
    );
  if (asked.length < 2 || asked.length > mostParts) return [];
  // `When and where was it founded?`, `What changed, and why?`: the words do not stand alone.
  if (asked.some((part) => termsOf(part).length === 0 || part.split(/\s+/).length < 3)) return [];
  return asked.map((part, index) => {
    const before = asked.slice(0, index).map((text) => ({ role: 'user' as const, text }));
    const text = `${part.charAt(0).toUpperCase()}${part.slice(1)}`;
    return {
      asked: /[?.!]$/.test(text) ? text : `${text}?`,
      question: withScopeOf(
        pointsBack.test(part) ? (ofSubject(part, asked[index - 1]) ?? rewriteQuestion(part, before)) : part,
        standing,
      ),
    };
  });
}

const pointsBack = /\b(?:it|its|they|them|their|he|she|his|her|this|that|these|those)\b/i;

/** `What is the rent under the lease, and how can it …`: what the figure stands in goes on, the figure is answered. */
const container =
  /\b(?:under|in|within|by|with|from)\s+((?:the|this|that|our|my|your)\s+(?:[\p{L}’'-]+\s+){0,3}?[\p{L}’'-]+)[?.!\s]*$/iu;
const subjectPronoun = /\b(?:it|they|them)\b/i;

/** A part with what the one before it is asked of in the place of its pronoun; null where that is not clear. */
function ofSubject(part: string, before = ''): string | null {
  const subject = container.exec(before)?.[1];
  return subject !== undefined && subjectPronoun.test(part) ? part.replace(subjectPronoun, subject) : null;
}

/** Each of two figures with what both share; only where both are surely figures. */
function figuresOf(sentence: string): string[] {
  const match = twoFigures.exec(sentence.trim());
  if (!match || joined.test(sentence)) return [sentence];
  const [, opening = '', first = '', second = '', rest = ''] = match;
  if (![first, second].every((name) => financialTerms(wordsOf(name)).lines.length > 0)) return [sentence];
  return [`${opening} ${first}${rest}`, `${opening} ${second}${rest}`];
}
