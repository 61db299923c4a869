/** Where the window begins: theme first (no flash), then whose it is, the documents, then React. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { listenToMain, loadTheRest } from './app/listen-to-main.ts';
import { leavePageIfRevived, reopenPage } from './app/reopen-page.ts';
import { loadLibrary } from './app/stores/library-store.ts';
import { loadSession } from './app/stores/session-store.ts';
import { applyKnownFont } from './app/system-font.ts';
import { applyTheme, rememberedTheme } from './app/theme.ts';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { isMac } from './components/platform.ts';
import { fetchFirstPictures } from './features/library/first-pictures.ts';
import './app/styles.css';

applyTheme(rememberedTheme());
applyKnownFont();
if (isMac) document.documentElement.dataset['platform'] = 'mac';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root.');
const root = createRoot(container);
listenToMain();
leavePageIfRevived();
/** Milliseconds that the window waits for its documents, so that it is not drawn empty first and again with them. */
const listPatience = 150;
const patience = new Promise((resolve) => setTimeout(resolve, listPatience));
const listed = loadSession().then(async (known) => {
  // Nothing of a library can be asked for without a session.
  if (known?.state !== 'open') return false;
  await loadLibrary();
  fetchFirstPictures();
  reopenPage();
  return true;
});
void Promise.race([listed, patience]).then(() => {
  // Each part of the window has a boundary of its own; this one is for what lies between them.
  root.render(
    <ErrorBoundary part="The window">
      <App />
    </ErrorBoundary>,
  );
});
void listed.then((isOpen) => {
  if (isOpen) loadTheRest();
});
