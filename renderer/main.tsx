/** Where the window begins: theme first (no flash), then React. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { applyTheme, rememberedTheme } from './app/theme.ts';
import { isMac } from './components/platform.ts';
import './app/styles.css';

applyTheme(rememberedTheme());
if (isMac) document.documentElement.dataset['platform'] = 'mac';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root.');
createRoot(container).render(<App />);
