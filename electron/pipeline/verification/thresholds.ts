/**
 * Where the rule draws its lines. First chosen by reading answers, then set on the development part of the sentences of
 * scripts/eval (verification.ts says which those are); the held-out part shows what they are worth elsewhere. The
 * cosines are the built-in model's.
 */

/** Share of a sentence's words, in order, from which it is one of the passage's, and from which the two are comparable. */
export const nearShare = 0.8;
export const comparableShare = 0.6;
/** Share of the words that occur near each other from which they support the sentence, and from which they do in part. */
export const enoughWords = 0.75;
export const someWords = 0.45;
/** Cosine from which the meaning is the same, and from which it is akin. */
export const sameMeaning = 0.75;
/** The same where all figures of the sentence stand in the part of the passage that it is compared with. */
export const sameMeaningAtFigures = 0.55;
export const akinMeaning = 0.6;
/** Segments of a passage that a sentence may draw its words from. */
export const widestWindow = 3;
