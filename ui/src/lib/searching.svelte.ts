// A search as it is typed: asked when the typing rests, by words at once and then by meaning too, an answer to an older question dropped,
// one row or one hint under the arrows. Where the mail is at Gmail too, the last row asks there, once somebody chooses it.
import { engine, troubleOf, type Label, type Person, type SearchHit, type ThreadId, type UiError } from "./ipc";
import { completed, operatorHints, wantedBy, wantedHints, type Hint } from "./operators";

/** How long the typing rests before it is asked. */
const REST = 120;
/** How many people are asked for. */
const PEOPLE = 3;

/** How the search at Gmail stands. */
export type Further = { kind: "asking" } | { kind: "found"; hits: SearchHit[] } | { kind: "failed"; error: UiError };

export class Searching {
  query = $state("");
  hits = $state.raw<SearchHit[]>([]);
  /** What could be typed next; shown above the hits. */
  hints = $state.raw<Hint[]>([]);
  /** The question the hits answer; empty: none was answered. */
  answered = $state("");
  /** The row under the arrows. */
  at = $state(0);
  /** The hint under the arrows; -1: a row is. */
  hint = $state(-1);
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
  /** Whether a person chose a hit by the arrows: then a better order comes too late. */
  #walked = false;

  /** `reaches`: whether there is a Gmail to ask. */
  constructor(limit: number, reaches: () => boolean = () => false) {
    this.#limit = limit;
    this.#reaches = reaches;
  }

  type(query: string): void {
    this.query = query;
    this.#wish = null;
    this.hints = operatorHints(query);
    this.hint = -1;
    clearTimeout(this.#timer);
    if (!query.trim()) this.#answer("", []);
    else this.#timer = setTimeout(() => (void this.#ask(query.trim()), void this.#suggest(query)), REST);
  }

  async #ask(query: string): Promise<void> {
    const current = () => query === this.query.trim();
    this.#walked = false;
    try {
      const quick = await engine.search({ query, limit: this.#limit, by: "words" });
      if (!current()) return;
      // With words found at once, nobody waits for the meaning.
      if (quick.length) this.#answer(query, quick);
      const hits = await engine.search({ query, limit: this.#limit, by: "both" });
      if (current() && !(this.#walked && quick.length)) this.#answer(query, hits);
    } catch (thrown) {
      if (current()) this.trouble = troubleOf(thrown);
    }
  }

  /** People and labels that fit; where they cannot be had, there are none. */
  async #suggest(query: string): Promise<void> {
    const wanted = wantedBy(query);
    if (!wanted) return;
    try {
      let [people, labels]: [Person[], Label[]] = [[], []];
      if (wanted.kind === "people") people = await engine.people(wanted.text, PEOPLE);
      else labels = await engine.labels();
      if (query === this.query && this.hint < 0)
        this.hints = [...operatorHints(query), ...wantedHints(query, people, labels)];
    } catch {
      // The search itself tells what is wrong.
    }
  }

  #answer(query: string, hits: SearchHit[]): void {
    const before = this.hits[this.at]?.id;
    const again = query !== "" && query === this.answered;
    this.hits = hits;
    this.answered = query;
    this.at = again ? Math.max(0, this.#walked ? hits.findIndex((hit) => hit.id === before) : 0) : 0;
    this.trouble = null;
    if (!again) this.further = null;
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

  /** The arrow keys: round and round, over the hints and the rows. */
  step(by: number): void {
    const [hints, all] = [this.hints.length, this.hints.length + this.rows];
    if (!all) return;
    const nowhere = this.hint < 0 && !this.rows;
    const from = this.hint >= 0 ? this.hint : hints + this.at;
    const to = nowhere ? (by > 0 ? 0 : all - 1) : (from + by + all) % all;
    this.hint = to < hints ? to : -1;
    if (to >= hints) this.at = to - hints;
    this.#walked = true;
  }

  /** The id of what is under the arrows, in a list whose rows' ids begin with `list`. */
  under(list: string): string | undefined {
    if (this.hint >= 0) return `${list}-hint-${this.hint}`;
    return this.at < this.rows ? `${list}-${this.at}` : undefined;
  }

  /** Enter: the hint or row under the arrows; the first hit, where the answer is still on its way. */
  enter(open: (thread: ThreadId) => void): void {
    const hint = this.hints[this.hint];
    const hit = this.hits[this.at] ?? this.more[this.at - this.hits.length];
    if (hint) this.complete(hint);
    else if (this.answered !== this.query.trim()) this.#wish = open;
    else if (hit) open(hit.thread);
    else if (this.offers) void this.askServer();
  }

  /** Puts a hint in the place of what is being typed. */
  complete(hint: Hint): void {
    this.type(completed(this.query, hint));
  }

  leave(): void {
    this.type("");
    this.hints = [];
  }
}
