/** Words of answers that quote, which the window must know again. */

/** How an answer begins in which no passage has what was asked for: what it quotes only comes closest. */
export const nothingMentions = 'No passage that I found mentions';
