/** Prints HTML to a PDF in a window of its own that is never shown, runs no script, and reaches nothing. */
import { BrowserWindow, session } from 'electron';
import { APP_SCHEME } from './security.ts';

const ADDRESS = `${APP_SCHEME}://export/`;

/** Inches. */
const MARGIN = 0.75;

export async function printPdf(html: string): Promise<Uint8Array> {
  // SECURITY: a session of its own, in memory, that serves this one page and refuses every other address.
  const own = session.fromPartition(`export-${Date.now()}`, { cache: false });
  own.webRequest.onBeforeRequest((details, answer) => answer({ cancel: details.url !== ADDRESS }));
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.protocol.handle(
    APP_SCHEME,
    () => new Response(html, { headers: { 'Content-Type': 'text/html; charset=utf-8' } }),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // SECURITY: the page is text alone.
      javascript: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  try {
    await window.loadURL(ADDRESS);
    return await window.webContents.printToPDF({
      pageSize: 'A4',
      printBackground: false,
      generateTaggedPDF: true,
      // Bookmarks, from the headings.
      generateDocumentOutline: true,
      margins: { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN },
    });
  } finally {
    window.destroy();
    own.protocol.unhandle(APP_SCHEME);
  }
}
