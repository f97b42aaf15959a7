// A search as it is typed: asked when the typing rests, by words at once and then by meaning too, an answer to an older question dropped,
// one hit or one hint under the arrows.
import { engine, troubleOf, type Label, type Person, type SearchHit, type ThreadId, type UiError } from "./ipc";
import { completed, operatorHints, wantedBy, wantedHints, type Hint } from "./operators";

/** How long the typing rests before it is asked. */
const REST = 120;
/** How many people are asked for. */
const PEOPLE = 3;

export class Searching {
  query = $state("");
  hits = $state.raw<SearchHit[]>([]);
  /** What could be typed next; shown above the hits. */
  hints = $state.raw<Hint[]>([]);
  /** The question the hits answer; empty: none was answered. */
  answered = $state("");
  /** The hit under the arrows. */
  at = $state(0);
  /** The hint under the arrows; -1: a hit is. */
  hint = $state(-1);
  trouble = $state.raw<UiError | null>(null);
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wish: ((thread: ThreadId) => void) | null = null;
  /** Whether a person chose a hit by the arrows: then a better order comes too late. */
  #walked = false;

  constructor(limit: number) {
    this.#limit = limit;
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
    const wish = this.#wish;
    this.#wish = null;
    if (wish && hits[0]) wish(hits[0].thread);
  }

  /** The arrow keys: round and round, over the hints and the hits. */
  step(by: number): void {
    const [hints, all] = [this.hints.length, this.hints.length + this.hits.length];
    if (!all) return;
    const nowhere = this.hint < 0 && !this.hits.length;
    const from = this.hint >= 0 ? this.hint : hints + this.at;
    const to = nowhere ? (by > 0 ? 0 : all - 1) : (from + by + all) % all;
    this.hint = to < hints ? to : -1;
    if (to >= hints) this.at = to - hints;
    this.#walked = true;
  }

  /** Enter: the hint or hit under the arrows; the first hit, where the answer is still on its way. */
  enter(open: (thread: ThreadId) => void): void {
    const [hint, hit] = [this.hints[this.hint], this.hits[this.at]];
    if (hint) this.complete(hint);
    else if (this.answered !== this.query.trim()) this.#wish = open;
    else if (hit) open(hit.thread);
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
