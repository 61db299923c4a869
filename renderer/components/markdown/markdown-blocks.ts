/**
 * Splits Markdown into blocks that can be rendered on their own, so that while an answer streams only its last
 * block is parsed again. Joining the blocks gives the text back. Pure.
 */

const fence = /^ {0,3}(`{3,}|~{3,})/;
const listItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const indented = /^(?: {2,}|\t)/;

/** True for a line that goes on with the list before it: another item, or an indented continuation. */
function continuesList(line: string): boolean {
  return listItem.test(line) || indented.test(line);
}

export function splitMarkdown(text: string): readonly string[] {
  const lines = text.split('\n');
  const blocks: string[] = [];
  let block: string[] = [];
  let openFence: string | null = null;
  let isList = false;

  const end = () => {
    if (block.length > 0) blocks.push(`${block.join('\n')}\n`);
    block = [];
    isList = false;
  };

  for (const [index, line] of lines.entries()) {
    const isBlank = line.trim() === '';
    const previousIsBlank = block.length > 0 && (block[block.length - 1] ?? '').trim() === '';
    if (openFence === null && !isBlank && previousIsBlank && !(isList && continuesList(line))) end();
    if (openFence === null && block.length === 0) isList = listItem.test(line);
    block.push(line);

    const mark = fence.exec(line)?.[1];
    if (mark && openFence === null) openFence = mark;
    else if (mark && openFence !== null && mark.startsWith(openFence) && line.trim() === mark) openFence = null;
    if (index === lines.length - 1) end();
  }
  const last = blocks.pop();
  // Every block got a line feed; the text's last line had none.
  return last === undefined ? [] : [...blocks, last.slice(0, -1)].filter((part) => part !== '');
}
