/** What models cost and what limits them, by the palette. */
import { ChartColumn, CircleGauge, Tags } from 'lucide-react';
import type { Action } from './actions.tsx';
import { showUsage } from './stores/workspace-store.ts';

const size = 15;

export const usageActions: readonly Action[] = [
  {
    id: 'show-usage',
    title: 'Usage and limits',
    words: 'cost money spending tokens budget ledger calls export csv',
    shortcut: 'mod+shift+m',
    icon: <ChartColumn size={size} />,
    run: () => showUsage(),
  },
  {
    id: 'set-limits',
    title: 'Set a budget for models…',
    words: 'limits money tokens requests a minute month usage',
    icon: <CircleGauge size={size} />,
    run: () => showUsage('limits'),
  },
  {
    id: 'set-prices',
    title: 'Prices of models',
    words: 'cost table dollars tokens usage',
    icon: <Tags size={size} />,
    run: () => showUsage('prices'),
  },
];
