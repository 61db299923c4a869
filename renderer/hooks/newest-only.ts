/** Asks one thing at a time, and of what is wanted meanwhile only the newest: for searches as one types. Pure. */

export interface NewestOnly<Wanted, Answer> {
  readonly ask: (wanted: Wanted) => Promise<Answer>;
  /** Told of an answer only while nothing newer is wanted. */
  readonly onAnswer: (answer: Answer, wanted: Wanted) => void;
  readonly onError: (thrown: unknown, wanted: Wanted) => void;
}

export function newestOnly<Wanted, Answer>(options: NewestOnly<Wanted, Answer>): (wanted: Wanted) => void {
  let isAsking = false;
  let next: { readonly wanted: Wanted } | null = null;
  const run = async (wanted: Wanted): Promise<void> => {
    isAsking = true;
    try {
      const answer = await options.ask(wanted);
      if (!next) options.onAnswer(answer, wanted);
    } catch (thrown) {
      if (!next) options.onError(thrown, wanted);
    } finally {
      isAsking = false;
    }
    if (!next) return;
    const newest = next.wanted;
    next = null;
    await run(newest);
  };
  return (wanted) => {
    if (isAsking) next = { wanted };
    else void run(wanted);
  };
}
