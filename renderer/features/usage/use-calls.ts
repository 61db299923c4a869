/** Single calls of a time, newest first, a page at a time. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { toAppError, type ErrorInfo } from '../../../shared/errors.ts';
import type { UsageCall, UsageCallPage } from '../../../shared/usage.ts';
import { withPage } from '../../app/stores/next-page.ts';
import { request } from '../../ipc/client.ts';
import type { Span } from './time-span.ts';

/** Calls that are asked for at a time. */
const pageSize = 100;

export interface CallList {
  /** Null before the first page. */
  readonly calls: readonly UsageCall[] | null;
  readonly total: number;
  readonly error: ErrorInfo | null;
}

const nothing: CallList = { calls: null, total: 0, error: null };

/** @param now Grows when something was asked since: the list begins anew then. */
export function useCalls({ from, to }: Span, now: number) {
  const [list, setList] = useState<CallList>(nothing);
  const [round, setRound] = useState(0);
  /** What was last asked for: an answer to something else comes too late. */
  const asked = useRef<symbol | null>(null);

  const ask = useCallback(
    async (offset: number, take: (page: UsageCallPage) => void) => {
      const mine = Symbol(`calls from ${offset}`);
      asked.current = mine;
      try {
        const page = await request('usage.calls', { from, to, limit: pageSize, offset });
        if (asked.current === mine) take(page);
      } catch (thrown) {
        if (asked.current === mine) setList((last) => ({ ...last, error: toAppError(thrown).toInfo() }));
      } finally {
        if (asked.current === mine) asked.current = null;
      }
    },
    [from, to],
  );

  useEffect(() => {
    void ask(0, (page) => setList({ ...page, error: null }));
    return () => {
      asked.current = null;
    };
  }, [ask, now, round]);

  const loadMore = useCallback(() => {
    const { calls, total, error } = list;
    if (asked.current || calls === null || calls.length >= total || error) return;
    void ask(calls.length, (page) => {
      const longer = withPage(calls, page.calls);
      // Nothing new: the list changed meanwhile, and has to be asked for from its beginning.
      if (longer.length === calls.length) setRound((last) => last + 1);
      else setList({ calls: longer, total: page.total, error: null });
    });
  }, [ask, list]);

  return { ...list, loadMore, reload: () => setRound((last) => last + 1) };
}
