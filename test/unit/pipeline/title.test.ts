import { expect, it } from 'vitest';
import { conversationTitle } from '../../../electron/pipeline/title.ts';

it('a title is the question without its courtesies', () => {
  expect(conversationTitle('Could you please tell me what drove sales in 2022?')).toBe('What drove sales in 2022');
});

it('a question that says little by itself is named after the document that answered it', () => {
  expect(conversationTitle('What is this about?', 'Annual report')).toBe('What is this about: Annual report');
  expect(conversationTitle('What drove net sales in 2022?', 'Annual report')).toBe('What drove net sales in 2022');
  expect(conversationTitle('Summarise', 'x '.repeat(80)).length).toBeLessThanOrEqual(61);
});
