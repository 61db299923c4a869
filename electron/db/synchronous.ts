/**
 * The same methods without promises: what the statements answer inside the worker, where SQLite itself is synchronous.
 */
export type Synchronous<Store> = {
  readonly [Name in keyof Store]: Store[Name] extends (...parameters: infer Parameters) => Promise<infer Result>
    ? (...parameters: Parameters) => Result
    : never;
};
