/** Handlers of the requests about how Quire is: checks, and the report that a person may copy. */
import { availableParallelism, release, totalmem } from 'node:os';
import type { Core } from '../../core/core.ts';
import { healthReport } from '../../core/health-report.ts';
import { thisPerson } from '../../logging/logger.ts';
import { recentErrors } from '../../logging/recent-errors.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { Desktop } from '../desktop.ts';
import type { Handlers } from '../dispatch.ts';

type HealthHandlers = Pick<Handlers, Extract<keyof Handlers, `health.${string}`>>;

/** @param logs The folder of the logs. */
export function healthHandlers({ health }: Pick<Core, 'health'>, desktop: Desktop, logs: string): HealthHandlers {
  return {
    'health.run': ({ check }) => health.run(check),
    'health.cancel': () => {
      health.cancel();
      return Promise.resolve(null);
    },
    'health.report': async () => {
      const { version, electron, chromium, platform } = desktop.info();
      const text = healthReport({
        time: Date.now(),
        checks: health.last,
        errors: await recentErrors(logs),
        versions: [
          `Quire ${version}, Electron ${electron}, Chromium ${chromium}, Node ${process.versions.node}`,
          `${platform} ${release()}, ${availableParallelism()} processors, ${formatBytes(totalmem())} of memory`,
        ],
        person: thisPerson(),
      });
      return { text };
    },
  };
}
