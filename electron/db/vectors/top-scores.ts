/**
 * The n largest of many scores: a binary heap with the smallest on top, so that nearly all are turned away by one
 * comparison.
 */
export interface ScoredIndex {
  readonly index: number;
  readonly score: number;
}

export class TopScores {
  readonly #capacity: number;
  readonly #scores: Float32Array;
  readonly #indexes: Int32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#scores = new Float32Array(capacity);
    this.#indexes = new Int32Array(capacity);
  }

  /** Takes in scores whose indexes begin at `first`. NaN is never kept. */
  offer(scores: Float32Array, first: number): void {
    const kept = this.#scores;
    let at = 0;
    for (; at < scores.length && this.#size < this.#capacity; at += 1) {
      const score = scores[at] ?? Number.NaN;
      if (!Number.isNaN(score)) this.#push(score, first + at);
    }
    if (this.#capacity === 0) return;
    let smallest = kept[0] ?? 0;
    for (; at < scores.length; at += 1) {
      const score = scores[at] ?? Number.NaN;
      if (score > smallest) {
        this.#sink(score, first + at);
        smallest = kept[0] ?? 0;
      }
    }
  }

  /** Largest first. */
  sorted(): ScoredIndex[] {
    const entries = Array.from({ length: this.#size }, (_, at) => ({
      index: this.#indexes[at] ?? 0,
      score: this.#scores[at] ?? 0,
    }));
    return entries.sort((a, b) => b.score - a.score || a.index - b.index);
  }

  #push(score: number, index: number): void {
    let hole = this.#size;
    this.#size += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentScore = this.#scores[parent] ?? 0;
      if (parentScore <= score) break;
      this.#place(hole, parentScore, this.#indexes[parent] ?? 0);
      hole = parent;
    }
    this.#place(hole, score, index);
  }

  /** Puts an entry in place of the smallest. */
  #sink(score: number, index: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && (this.#scores[child + 1] ?? 0) < (this.#scores[child] ?? 0)) child += 1;
      const childScore = this.#scores[child] ?? 0;
      if (childScore >= score) break;
      this.#place(hole, childScore, this.#indexes[child] ?? 0);
      hole = child;
    }
    this.#place(hole, score, index);
  }

  #place(at: number, score: number, index: number): void {
    this.#scores[at] = score;
    this.#indexes[at] = index;
  }
}
