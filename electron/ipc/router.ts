/** Takes requests of the window: sender gate, then dispatch (schema, session, handler); answers with a Result, never a throw. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { AppError, toAppError } from '../../shared/errors.ts';
import { channels } from '../../shared/channels.ts';
import type { Result } from '../../shared/requests/index.ts';
import type { RawRequest } from './dispatch.ts';

export interface RouterOptions {
  /** Checks and carries out; requests wait in it, because the page is up before the library is open. */
  readonly dispatch: (request: RawRequest) => Promise<unknown>;
  /** True for our own window's main frame at our own origin. */
  readonly isTrusted: (event: IpcMainInvokeEvent) => boolean;
  readonly onError: (name: string, error: AppError) => void;
}

/** Registers the one request channel. */
export function registerRouter(options: RouterOptions): void {
  ipcMain.handle(
    channels.request,
    async (event, name: unknown, params: unknown, token: unknown): Promise<Result<unknown>> => {
      try {
        // SECURITY: only our own page may ask; a frame that something else was loaded into may not.
        if (!options.isTrusted(event))
          throw new AppError('request-forbidden', 'This page may not ask Quire for anything.');
        return { ok: true, value: await options.dispatch({ name, params, token }) };
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === 'internal') options.onError(String(name), error);
        return { ok: false, error: error.toInfo() };
      }
    },
  );
}
