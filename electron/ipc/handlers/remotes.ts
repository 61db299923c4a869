/** Handlers of a person's own Postgres and bucket. */
import type { Core } from '../../core/core.ts';
import type { Handlers } from '../dispatch.ts';

type RemoteHandlers = Pick<Handlers, Extract<keyof Handlers, `remotes.${string}`>>;

export function remoteHandlers({ remotes, sync }: Pick<Core, 'remotes' | 'sync'>): RemoteHandlers {
  return {
    'remotes.get': () => remotes.view(),
    'remotes.testDatabase': ({ remote, password }) => remotes.testDatabase(remote, password),
    'remotes.testBucket': ({ remote, secret }) => remotes.testBucket(remote, secret),
    'remotes.cancelTest': ({ kind }) => {
      remotes.cancelTest(kind);
      return Promise.resolve(null);
    },
    'remotes.set': async (wanted) => {
      await remotes.set(wanted);
      await sync.restart();
      return remotes.view();
    },
    'remotes.forgetFormer': async () => {
      await remotes.forgetFormer();
      await sync.restart();
      return remotes.view();
    },
    'remotes.remove': async ({ kind }) => {
      await remotes.remove(kind);
      await sync.restart();
      return remotes.view();
    },
  };
}
