/** Names a conversation by its first question. Pure. */
import { stemOf } from './answer-terms.ts';

/** Characters. */
const longestTitle = 60;

/** A title for a conversation, from its first question: short, without courtesies. */
export function conversationTitle(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  const bare = line
    .replace(
      /^(?:(?:hi|hello|hey)[,!. ]+)?(?:please[, ]+)?(?:(?:can|could|would|will) you (?:please )?)?(?:please )?/i,
      '',
    )
    .replace(/^(?:tell me(?: about)?|show me|give me|explain(?: to me)?|find(?: out)?)\s+/i, '')
    .replace(/[?.!\s]+$/, '');
  const text = bare === '' || stemOf(bare) === '' ? line : bare;
  const title = text.charAt(0).toUpperCase() + text.slice(1);
  if (title.length <= longestTitle) return title;
  const cut = title.slice(0, longestTitle);
  return `${cut.slice(0, cut.lastIndexOf(' ') > longestTitle / 2 ? cut.lastIndexOf(' ') : longestTitle)}…`;
}
