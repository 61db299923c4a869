/** Names a conversation by its first question. Pure. */
import { stemOf, termsOf } from './answer-terms.ts';

/** Characters. */
const longestTitle = 60;

/** A question with at most this many words of its own meaning says little by itself: “What is this about?” */
const fewTerms = 1;

/**
 * A title for a conversation, from its first question: short, without courtesies. Once the first answer is there, a
 * question that says little by itself gets the name of the one document that the answer cites.
 */
export function conversationTitle(question: string, citedTitle: string | null = null): string {
  const own = titleOf(question);
  if (citedTitle === null || termsOf(question).length > fewTerms) return own;
  return shortened(`${own}: ${citedTitle}`);
}

function titleOf(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  const bare = line
    .replace(
      /^(?:(?:hi|hello|hey)[,!. ]+)?(?:please[, ]+)?(?:(?:can|could|would|will) you (?:please )?)?(?:please )?/i,
      '',
    )
    .replace(/^(?:tell me(?: about)?|show me|give me|explain(?: to me)?|find(?: out)?)\s+/i, '')
    .replace(/[?.!\s]+$/, '');
  const text = bare === '' || stemOf(bare) === '' ? line : bare;
  return shortened(text.charAt(0).toUpperCase() + text.slice(1));
}

function shortened(title: string): string {
  if (title.length <= longestTitle) return title;
  const cut = title.slice(0, longestTitle);
  return `${cut.slice(0, cut.lastIndexOf(' ') > longestTitle / 2 ? cut.lastIndexOf(' ') : longestTitle)}…`;
}
