import { run } from './synced-app.ts';
import { formatResult } from './report.ts';
for (const r of await run()) console.log(formatResult(r));
