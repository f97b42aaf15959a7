// A search as it is typed: asked when the typing rests, an answer to an older question dropped, one hit under the arrows.
import { engine, troubleOf, type SearchHit, type ThreadId, type UiError } from "./ipc";

/** How long the typing rests before it is asked. */
const REST = 120;

export class Searching {
  query = $state("");
  hits = $state.raw<SearchHit[]>([]);
  /** The question the hits answer; empty: none was answered. */
  answered = $state("");
  at = $state(0);
  trouble = $state.raw<UiError | null>(null);
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wish: ((thread: ThreadId) => void) | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  type(query: string): void {
    this.query = query;
    this.#wish = null;
    clearTimeout(this.#timer);
    if (!query.trim()) this.#answer("", []);
    else this.#timer = setTimeout(() => void this.#ask(query.trim()), REST);
  }

  async #ask(query: string): Promise<void> {
    const current = () => query === this.query.trim();
    try {
      const hits = await engine.search({ query, limit: this.#limit });
      if (current()) this.#answer(query, hits);
    } catch (thrown) {
      if (current()) this.trouble = troubleOf(thrown);
    }
  }

  #answer(query: string, hits: SearchHit[]): void {
    this.hits = hits;
    this.answered = query;
    this.at = 0;
    this.trouble = null;
    const wish = this.#wish;
    this.#wish = null;
    if (wish && hits[0]) wish(hits[0].thread);
  }

  /** The arrow keys: round and round. */
  step(by: number): void {
    if (this.hits.length) this.at = (this.at + by + this.hits.length) % this.hits.length;
  }

  /** Enter: the hit under the arrows; the first one, where the answer is still on its way. */
  enter(open: (thread: ThreadId) => void): void {
    const hit = this.hits[this.at];
    if (this.answered !== this.query.trim()) this.#wish = open;
    else if (hit) open(hit.thread);
  }

  leave(): void {
    this.type("");
  }
}
