/** The IPC channels; there are no others. */
export const channels = {
  /** Renderer to main, with an answer: (name, params) -> Result. */
  request: 'quire:request',
  /** Renderer to main: (streamId). */
  attach: 'quire:attach',
  detach: 'quire:detach',
  /** Main to renderer: (streamId, parts). */
  stream: 'quire:stream',
  /** Main to renderer: (name, detail). */
  event: 'quire:event',
} as const;
