/** What the window may not do: leave its origin, open others, ask for permissions, load from elsewhere. */
import { app, session, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = `${APP_SCHEME}://quire`;

/**
 * SECURITY: nothing from elsewhere, no inline script or style. `wasm-unsafe-eval` is for pdf.js's image decoders,
 * `blob:` and `data:` for fonts and pictures that pdf.js takes out of a document.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The only schemes a page may load from: ours, what it holds in memory, and the developer tools. */
const OPEN_SCHEMES: ReadonlySet<string> = new Set([`${APP_SCHEME}:`, 'blob:', 'data:', 'devtools:']);

/** True for our own page in the main frame of a window. */
export function isTrustedSender(event: IpcMainInvokeEvent | IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.url.startsWith(`${APP_ORIGIN}/`);
}

/** Must run before the first window is made. */
export function hardenSession(): void {
  // SECURITY: default-deny; the clipboard alone may be written to (the Copy buttons).
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission) => permission === 'clipboard-sanitized-write',
  );
  session.defaultSession.setDevicePermissionHandler(() => false);
  // SECURITY: the page's own network is closed, whatever the policy lets through.
  session.defaultSession.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !OPEN_SCHEMES.has(new URL(details.url).protocol) }),
  );
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
}

function hardenContents(contents: WebContents): void {
  // SECURITY: the page stays where it is, and no other page opens from it.
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
