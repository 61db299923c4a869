/** The bytes of a document, which the window asks main for. */

/** Bytes that one request may ask for: main holds them in memory. A longer file is read piece by piece. */
export const LARGEST_ANSWER = 4_194_304;
