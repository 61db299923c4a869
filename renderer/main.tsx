/** Where the window begins: theme first (no flash), then whose it is, the documents, then React. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { listenToMain, loadTheRest } from './app/listen-to-main.ts';
import { leavePageIfRevived, reopenPage } from './app/reopen-page.ts';
import { loadLibrary } from './app/stores/library-store.ts';
import { loadSession } from './app/stores/session-store.ts';
import { applyTheme, rememberedTheme } from './app/theme.ts';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { isMac } from './components/platform.ts';
import { fetchFirstPictures } from './features/library/first-pictures.ts';
import './app/styles.css';

applyTheme(rememberedTheme());
if (isMac) document.documentElement.dataset['platform'] = 'mac';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root.');
const root = createRoot(container);
listenToMain();
leavePageIfRevived();
/** Nothing of a library can be asked for without a session. */
const session = loadSession();
// While main answers: the parts around the documents, which stand by the time that they come.
// Each part of the window has a boundary of its own; this one is for what lies between them.
root.render(
  <ErrorBoundary part="The window">
    <App />
  </ErrorBoundary>,
);
void session.then(async (known) => {
  if (known?.state !== 'open') return;
  await loadLibrary();
  fetchFirstPictures();
  reopenPage();
  loadTheRest();
});
