/** The IPC channels; there are no others. */
export const channels = {
  /** Renderer to main, with an answer: (name, params, access token) -> Result. */
  request: 'quire:request',
  /** Renderer to main: (ticket). */
  attach: 'quire:attach',
  detach: 'quire:detach',
  /** Main to renderer: (ticket, parts). */
  stream: 'quire:stream',
  /** Main to renderer: (name, detail). */
  event: 'quire:event',
} as const;
