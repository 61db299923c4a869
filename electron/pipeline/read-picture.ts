/**
 * Reads the picture of a page: finds out which way is up, has the page recognised, and looks again at what the engine's
 * layout left out.
 */
import { linesOfBlock, missedBlocks, withBlock } from './missed-text.ts';
import { withoutLeaders } from './picture-cleaning.ts';
import { densestPart, turned } from './picture-turning.ts';
import { courseOf } from './recognition.ts';
import type { GreyImage, PageRecognizer, RecogniseOptions, RecognisedLine } from './ports/page-recognizer.ts';
import type { PageRotation } from './ports/pdf-reader.ts';

export interface ReadPicture {
  /** Clockwise, by which the picture had to be turned to stand upright. */
  readonly turn: PageRotation;
  /** Size of the upright picture, and the lines on it. */
  readonly image: Pick<GreyImage, 'width' | 'height'>;
  readonly lines: readonly RecognisedLine[];
}

type Options = Omit<RecogniseOptions, 'layout'>;

/** A page as sure as this stands upright; text on its side is read at 20 to 60. */
const uprightConfidence = 78;
/** Words that a page needs for its confidence to say that. */
const leastWords = 5;
/** Inches; about a quarter of a page, enough to tell which way is up. */
const trialSide = 4;
/** Another way up must be this much surer, or is an accident. */
const clearly = 10;

export async function readPicture(
  picture: GreyImage,
  recognizer: PageRecognizer,
  options: Options,
): Promise<ReadPicture> {
  const upright = withoutLeaders(picture);
  const lines = await recognizer.recognise(upright, { ...options, layout: 'page' });
  const turn = isUpright(lines) ? 0 : await findTurn(upright, recognizer, options);
  if (turn === 0) return complete(upright, turn, lines, recognizer, options);
  const image = turned(upright, turn);
  return complete(image, turn, await recognizer.recognise(image, { ...options, layout: 'page' }), recognizer, options);
}

async function complete(
  image: GreyImage,
  turn: PageRotation,
  lines: readonly RecognisedLine[],
  recognizer: PageRecognizer,
  options: Options,
): Promise<ReadPicture> {
  let all = lines;
  for (const block of missedBlocks(image, lines)) {
    const found = await recognizer.recognise(block.image, { ...options, layout: 'block' });
    all = withBlock(all, linesOfBlock(block, found));
  }
  return { turn, image, lines: all };
}

function isUpright(lines: readonly RecognisedLine[]): boolean {
  const words = lines.flatMap((line) => line.words);
  return words.length >= leastWords && sureness(lines) >= uprightConfidence;
}

/** Which of the four ways the text is read best, tried on a part of the page. */
async function findTurn(picture: GreyImage, recognizer: PageRecognizer, options: Options): Promise<PageRotation> {
  const part = densestPart(picture, Math.round(trialSide * picture.resolution));
  const trial = async (turn: PageRotation): Promise<number> =>
    sureness(await recognizer.recognise(turned(part, turn), { ...options, layout: 'page' }));
  let best: PageRotation = 0;
  let most = (await trial(0)) + clearly;
  for (const turn of [90, 270, 180] as const) {
    const sure = await trial(turn);
    if (sure > most) [best, most] = [turn, sure];
    if (sure >= uprightConfidence) break;
  }
  return best;
}

/**
 * Mean confidence of the words with letters, weighed by their length; 0 without any, and for those whose line runs up or
 * down: the engine also reads text on its side, if not always, and the layout of such a page is wrong.
 */
function sureness(lines: readonly RecognisedLine[]): number {
  let sum = 0;
  let letters = 0;
  for (const line of lines) {
    const weight = line.words.length > 0 && courseOf(line) === 0 ? 1 : 0;
    for (const { text, confidence } of line.words) {
      if (!/[\p{L}\p{N}]/u.test(text)) continue;
      sum += weight * confidence * text.length;
      letters += text.length;
    }
  }
  return letters === 0 ? 0 : sum / letters;
}
