/** What is said about how an answer was made. Pure. */
import type { AnswerTrace, TraceFacts } from '../../../shared/trace.ts';
import { countOf } from '../../components/format.ts';
import { durationText } from '../../components/sent-words.ts';

/** When the first word and the end came. */
export function timesText({ firstText, total }: Pick<TraceFacts, 'firstText' | 'total'>): string {
  return firstText === null
    ? `No text; ended after ${durationText(total)}`
    : `First words after ${durationText(firstText)}, all after ${durationText(total)}`;
}

/** How passages were searched. */
export function searchText({ retrieval }: Pick<TraceFacts, 'retrieval'>): string {
  switch (retrieval) {
    case 'hybrid':
      return 'by words and by meaning';
    case 'text':
      return 'by words alone';
    case 'vector':
      return 'by meaning alone';
  }
}

/** `24 considered, 8 sent (3,120 tokens), 3 cited`; nothing is sent where nothing is written by a model. */
export function passagesText({ passages }: Pick<AnswerTrace, 'passages'>): string {
  const sent = passages.filter(({ sentAs }) => sentAs !== null);
  const tokens = sent.reduce((sum, passage) => sum + (passage.tokens ?? 0), 0);
  const cited = passages.filter(({ citedAs }) => citedAs !== null).length;
  return [
    `${passages.length} considered`,
    ...(sent.length > 0 ? [`${sent.length} sent (about ${countOf(tokens, 'token')})`] : []),
    `${cited} cited`,
  ].join(', ');
}
