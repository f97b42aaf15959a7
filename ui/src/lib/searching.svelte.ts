// A search as it is typed: asked when the typing rests, an answer to an older question dropped, one row under the arrows. Where the mail is
// at Gmail too, the last row asks there, once somebody chooses it.
import { engine, troubleOf, type SearchHit, type ThreadId, type UiError } from "./ipc";

/** How long the typing rests before it is asked. */
const REST = 120;

/** How the search at Gmail stands. */
export type Further = { kind: "asking" } | { kind: "found"; hits: SearchHit[] } | { kind: "failed"; error: UiError };

export class Searching {
  query = $state("");
  hits = $state.raw<SearchHit[]>([]);
  /** The question the hits answer; empty: none was answered. */
  answered = $state("");
  at = $state(0);
  trouble = $state.raw<UiError | null>(null);
  further = $state.raw<Further | null>(null);
  /** What Gmail found besides. */
  more = $derived.by(() => {
    const here = new Set(this.hits.map((hit) => hit.id));
    return this.further?.kind === "found" ? this.further.hits.filter((hit) => !here.has(hit.id)) : [];
  });
  /** Whether there is a row that asks Gmail. */
  offers = $derived.by(() => this.#reaches() && this.answered !== "" && !this.further);
  /** How many rows the arrows walk. */
  rows = $derived(this.hits.length + this.more.length + (this.offers ? 1 : 0));
  readonly #limit: number;
  readonly #reaches: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wish: ((thread: ThreadId) => void) | null = null;

  /** `reaches`: whether there is a Gmail to ask. */
  constructor(limit: number, reaches: () => boolean = () => false) {
    this.#limit = limit;
    this.#reaches = reaches;
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
    this.trouble = this.further = null;
    const wish = this.#wish;
    this.#wish = null;
    if (wish && hits[0]) wish(hits[0].thread);
  }

  /** The same words at Gmail, of all the mail there is. What it finds is brought in, so that it opens. */
  async askServer(): Promise<void> {
    const query = this.answered;
    const asking: Further = { kind: "asking" };
    this.further = asking;
    try {
      const hits = await engine.searchServer(query, this.#limit);
      if (this.further === asking) this.further = { kind: "found", hits };
    } catch (thrown) {
      if (this.further === asking) this.further = { kind: "failed", error: troubleOf(thrown) };
    }
  }

  /** The arrow keys: round and round. */
  step(by: number): void {
    if (this.rows) this.at = (this.at + by + this.rows) % this.rows;
  }

  /** Enter: the row under the arrows; the first hit, where the answer is still on its way. */
  enter(open: (thread: ThreadId) => void): void {
    const hit = this.hits[this.at] ?? this.more[this.at - this.hits.length];
    if (this.answered !== this.query.trim()) this.#wish = open;
    else if (hit) open(hit.thread);
    else if (this.offers) void this.askServer();
  }

  leave(): void {
    this.type("");
  }
}
