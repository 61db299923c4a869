/** What models were asked, what that cost, and what limits it. */
import { ArrowLeft, Download } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { attempt, showDone } from '../../app/stores/toast-store.ts';
import { leaveUsage, showUsage, type UsageTab } from '../../app/stores/workspace-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { request } from '../../ipc/client.ts';
import { CallList } from './call-list.tsx';
import { LimitsPage } from './limits-form.tsx';
import { PricesPage } from './prices-page.tsx';
import { rangeNames, ranges, spanOf, timeOfDay, type Range, type Span } from './time-span.ts';
import { chooseRange, useUsageChoices } from './usage-choices.ts';
import { UsageOverview } from './usage-overview.tsx';
import { useMoment } from './use-moment.ts';

const tabs: readonly { readonly id: UsageTab; readonly label: string }[] = [
  { id: 'overview', label: 'Overview' },
  { id: 'calls', label: 'Calls' },
  { id: 'limits', label: 'Limits' },
  { id: 'prices', label: 'Prices' },
];
const pageClass = 'min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2';

export function UsageView({ tab }: { readonly tab: UsageTab }) {
  const { range, narrowed } = useUsageChoices();
  const now = useMoment();
  const isOfTime = tab === 'overview' || tab === 'calls';
  return (
    <Tabs.Root
      asChild
      value={tab}
      // The arrow keys pass over pages that would each be asked for.
      activationMode="manual"
      onValueChange={(next) => showUsage(next as UsageTab)}
    >
      <section aria-label="Usage and limits" data-testid="usage-view" className="flex h-full flex-col">
        <header className="shrink-0 border-b border-line px-3">
          <div className="flex h-11 items-center gap-2">
            <IconButton label="Back" onClick={leaveUsage} data-testid="leave-usage">
              <ArrowLeft size={16} />
            </IconButton>
            <h1 className="min-w-0 flex-1 truncate text-reading font-semibold">Usage and limits</h1>
            {isOfTime ? <ExportButton span={tab === 'calls' ? narrowed : null} /> : null}
          </div>
          <div className="flex flex-wrap items-end gap-x-3 gap-y-1 pl-2">
            <Tabs.List aria-label="Usage and limits" data-home="" className="flex flex-1 gap-4">
              {tabs.map(({ id, label }) => (
                <Tabs.Trigger
                  key={id}
                  value={id}
                  className="-mb-px h-8 border-b-2 border-transparent text-label font-medium text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
                >
                  {label}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            {isOfTime ? (
              <div className="pb-1">
                <Segmented
                  label="Time"
                  value={range}
                  onChange={chooseRange}
                  options={ranges.map((value) => ({ value, label: rangeNames[value] }))}
                />
              </div>
            ) : null}
          </div>
        </header>
        <Tabs.Content value="overview" className={pageClass}>
          <UsageOverview now={now} />
        </Tabs.Content>
        <Tabs.Content value="calls" className="min-h-0 flex-1 focus-visible:-outline-offset-2">
          <CallList key={`${range} ${narrowed?.from}`} now={now} />
        </Tabs.Content>
        <Tabs.Content value="limits" className={pageClass}>
          <LimitsPage now={now} />
        </Tabs.Content>
        <Tabs.Content value="prices" className={pageClass}>
          <PricesPage now={now} />
        </Tabs.Content>
      </section>
    </Tabs.Root>
  );
}

/** All time begins with the first call: the file is named by its days. */
async function knownSpan(range: Range): Promise<Span> {
  const span = spanOf(range, Date.now());
  if (range !== 'all') return span;
  const { rows } = await request('usage.summary', { ...span, by: 'day' });
  const [first] = rows;
  return first ? { ...span, from: timeOfDay(first.key) } : span;
}

/** Every call of the time, as a file for a spreadsheet; of the chosen range where there is no span. */
function ExportButton({ span }: { readonly span: Span | null }) {
  const range = useUsageChoices((state) => state.range);
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    setIsBusy(true);
    await attempt(async () => {
      const { from, to } = span ?? (await knownSpan(range));
      const name = await request('usage.exportCsv', { from, to });
      if (name !== null) showDone(`Saved as ${name}.`);
    });
    setIsBusy(false);
  };
  return (
    <Button icon={<Download size={14} />} disabled={isBusy} onClick={() => void save()} data-testid="export-usage">
      Export CSV…
    </Button>
  );
}
