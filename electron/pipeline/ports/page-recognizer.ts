/**
 * The port through which the pipeline recognises the text of pictures (OCR); `adapters/tesseract-recognizer.ts` has it.
 * Nothing is sent anywhere: engine and language data are files of the app.
 */

/** A page as a picture: 8-bit grey (0 black), rows from the top, the page's rotation applied. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  /** Pixels an inch; the engine tells the size of letters by it. */
  readonly resolution: number;
}

/** A rectangle of the picture: pixels, origin at the top left. */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface RecognisedWord extends PixelBox {
  readonly text: string;
  /** 0 to 100, how sure the engine is. */
  readonly confidence: number;
}

/** A line as the engine found it, its words from left to right. */
export interface RecognisedLine {
  readonly words: readonly RecognisedWord[];
  /** Row of pixels on which the letters stand, in the middle of the line. */
  readonly baseline: number;
  /** From descender to ascender, pixels: about the size of the type. */
  readonly height: number;
}

/** Codes of languages, the most likely first, and the folder with the data of those that are not built in. */
export interface LanguageChoice {
  readonly codes: readonly string[];
  readonly folder: string;
}

export interface RecogniseOptions {
  readonly languages: LanguageChoice;
  /** Whether the picture is a page, whose parts the engine finds, or one block of lines. */
  readonly layout: 'page' | 'block';
  readonly signal: AbortSignal;
  /** Called now and then while the engine gets on: a sign of life. */
  readonly onProgress: () => void;
}

export interface PageRecognizer {
  /** Pages that it works on side by side. */
  readonly lanes: number;
  /** Lines in the engine's order. Errors: `cancelled`, `recognition-failed`, `language-missing`. */
  recognise(image: GreyImage, options: RecogniseOptions): Promise<readonly RecognisedLine[]>;
  /** Ends its threads; it starts them again when it is used again. */
  close(): Promise<void>;
}
