// What is in the outbox of the account at work, as the engine has it. The engine sends, waits and tries again; this asks what became of it.
import { SvelteMap } from "svelte/reactivity";
import { engine, troubleOf, type OutboxId, type OutboxItem, type UiError } from "../ipc";
import { barOf } from "./bar";
import { grouped } from "./words";

export class Outbox {
  items = $state.raw<OutboxItem[] | null>(null);
  trouble = $state.raw<UiError | null>(null);
  now = $state(Date.now());
  /** What was sent or told of in this window, and when. */
  readonly #mine = new SvelteMap<OutboxId, number>();

  groups = $derived(grouped(this.items ?? [], this.now));
  bar = $derived(barOf(this.items ?? [], this.#mine, this.now));
  /** Whether anything here changes within seconds. */
  #lively = $derived(this.bar !== null || (this.items ?? []).some(({ state }) => state.kind === "sending"));
  #asked = 0;

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const items = await engine.outbox();
      if (asked !== this.#asked) return; // a later question has the answer
      [this.items, this.trouble, this.now] = [items, null, Date.now()];
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }
  /** Something changed; `tell`: it came to an end the person should hear of, wherever they are. */
  async heard(id: OutboxId, tell: boolean): Promise<void> {
    if (tell) this.#mine.set(id, Date.now());
    await this.load();
  }
  /** Of the account before, nothing stays. */
  forget(): void {
    this.#asked += 1;
    this.items = this.trouble = null;
    this.#mine.clear();
  }
  /** What is told of in the bar was read. */
  dismiss(id: OutboxId): void {
    this.#mine.delete(id);
  }

  /** What was just queued from here. */
  took(item: OutboxItem): void {
    this.#mine.set(item.id, Date.now());
    this.#put(item);
  }
  /** Takes a message back. Whether it could be: what is on its way cannot. */
  undo(id: OutboxId): Promise<OutboxItem | null> {
    return this.#do(() => engine.undo(id));
  }
  retry(id: OutboxId): Promise<OutboxItem | null> {
    return this.#do(() => engine.retry(id));
  }
  settle(id: OutboxId, wasSent: boolean): Promise<OutboxItem | null> {
    return this.#do(() => engine.settleByHand(id, wasSent));
  }
  async #do(what: () => Promise<OutboxItem>): Promise<OutboxItem | null> {
    let done: OutboxItem | null = null;
    try {
      done = await what();
      this.trouble = null;
      this.#put(done);
    } catch (thrown) {
      await this.load(); // it stands otherwise than was shown
      this.trouble = troubleOf(thrown);
    }
    return done;
  }
  #put(item: OutboxItem): void {
    this.#asked += 1; // an older question's answer would not have it
    const others = (this.items ?? []).filter(({ id }) => id !== item.id);
    this.items = [...others, item].sort((one, other) => (one.id < other.id ? -1 : 1));
    this.now = Date.now();
  }

  /** Keeps the time that is shown; and asks again where something should have happened by now, whether or not it was told. */
  keepTime(): () => void {
    const every = this.#lively ? 250 : 20_000;
    let beats = 0;
    const beat = setInterval(() => {
      this.now = Date.now();
      beats += 1;
      if (this.#lively && beats % 8 === 0) void this.load();
    }, every);
    return () => clearInterval(beat);
  }
}
