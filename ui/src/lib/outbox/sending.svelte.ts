// Sending one letter: everything typed is saved, what would leave is asked of the engine, what there is to ask is asked, and only then it is
// queued, under the approval of exactly what was shown. It holds no clock: the time to undo is the engine's.
import type { Compose } from "../compose/compose.svelte";
import { engine, troubleOf, type DraftId, type Outgoing, type SendWhen, type UiError } from "../ipc";
import { Learned } from "../lessons/learned.svelte";
import type { Outbox } from "./outbox.svelte";
import { questionInWords } from "./questions";
import { onItsWay } from "./words";
import { missingOf, type Missing } from "./wayOut";

const CHANGED = "The letter changed in the meantime, so nothing was sent. Look it over, then send it again.";

export class Sending {
  busy = $state(false);
  /** What is asked before it leaves, a line each, and of what; `null`: nothing is being asked. */
  asked = $state.raw<{ lines: string[]; outgoing: Outgoing } | null>(null);
  /** Why this account cannot send. */
  missing = $state.raw<Missing | null>(null);
  /** Whether a time is being chosen. */
  choosing = $state(false);
  /** Why nothing was sent, where that is no error. */
  told = $state<string | null>(null);
  trouble = $state.raw<UiError | null>(null);
  /** How many letters were sent from here. */
  sent = $state(0);
  /** What the letter that was let go last taught. */
  readonly learned = new Learned();
  #approved: { outgoing: Outgoing; when: SendWhen } | null = null;

  constructor(
    private readonly compose: Compose,
    private readonly outbox: Outbox,
  ) {}

  /** Whether there is a letter that could be sent. */
  ready = $derived.by(() => {
    const { compose, outbox } = this;
    if (this.busy || compose.busy || onItsWay(outbox.items ?? [], compose.id)) return false;
    return compose.hasLetter || (compose.id !== null && compose.to.length > 0);
  });

  /** Send was pressed. Without a time it leaves as soon as it cannot be undone any more. */
  async send(at: number | null = null): Promise<void> {
    if (!this.ready || this.asked || this.missing) return;
    this.told = this.trouble = null;
    this.choosing = false;
    if (!this.#canBeRead()) return;
    await this.#doing(async () => {
      const [way, { undo_seconds: seconds }] = await Promise.all([engine.wayOut(), engine.settings()]);
      this.missing = missingOf(way);
      if (this.missing) return;
      const when: SendWhen = at === null ? { kind: "after", seconds } : { kind: "at", time: at };
      const outgoing = await this.#outgoing();
      if (!outgoing) return;
      this.#approved = { outgoing, when };
      const lines = this.#questions(outgoing);
      if (lines.length) this.asked = { lines, outgoing };
      else await this.#queue();
    });
  }

  /** The questions were read, and the letter is to leave as it is. */
  async anyway(): Promise<void> {
    this.asked = null;
    await this.#doing(() => this.#queue());
  }
  /** Saves the letter as a file, which lets it go as sending does; `null` where the person chose none. */
  async saved(draft: DraftId): Promise<string | null> {
    const path = await engine.exportEml(draft);
    if (path !== null) await this.learned.from(draft);
    return path;
  }
  /** Hands the letter to the person's mail program, which lets it go too. */
  async handedOn(draft: DraftId): Promise<void> {
    await engine.openInMailProgram(draft);
    await this.learned.from(draft);
  }
  /** Nothing leaves. */
  back(): void {
    this.asked = this.#approved = this.missing = null;
    this.choosing = false;
  }
  /** Opens the choice of a time. */
  later(): void {
    if (this.ready && this.#canBeRead()) this.choosing = true;
  }

  /** Whether the engine is to look at it at all. What keeps it from that is told where it stands. */
  #canBeRead(): boolean {
    const { compose } = this;
    if (compose.proposal) this.told = "There are changes to decide. Nothing was sent.";
    else if (compose.halfTyped()) return false;
    else if (![compose.to, compose.cc, compose.bcc].some((people) => people.length))
      compose.tellAt("to", "Say to whom. Nothing was sent.");
    else return true;
    return false;
  }

  #questions(outgoing: Outgoing): string[] {
    const line = this.compose.intent.trim();
    const unwritten = line ? [`Your line was not written into the letter yet: “${line}”`] : [];
    return [...outgoing.questions.map(questionInWords), ...unwritten];
  }

  /** What would leave, if it is what the person sees. */
  async #outgoing(): Promise<Outgoing | null> {
    const { compose } = this;
    await compose.settle();
    if (!compose.settled || !compose.id) return null; // why it is not saved is told already
    const outgoing = await engine.outgoing(compose.id, compose.from);
    const draft = await engine.draft(compose.id);
    if (outgoing.version === draft.version && compose.shows(draft)) return outgoing;
    await compose.open(compose.id);
    this.told = CHANGED;
    return null;
  }

  async #queue(): Promise<void> {
    const approved = this.#approved;
    this.#approved = null;
    if (!approved) return;
    const { outgoing, when } = approved;
    this.outbox.took(await engine.queue(outgoing.draft, outgoing.approval, when, outgoing.from.address));
    // What was typed since stays on the desk; it says that this is not in what leaves.
    if (this.compose.id === outgoing.draft && this.compose.settled && this.compose.version === outgoing.version)
      this.compose.dropped();
    this.sent += 1;
    await this.learned.from(outgoing.draft);
  }

  async #doing(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await what();
    } catch (thrown) {
      await this.#failed(troubleOf(thrown));
    } finally {
      this.busy = false;
    }
  }

  async #failed(error: UiError): Promise<void> {
    this.#approved = null;
    if (error.code === "draft_changed") {
      this.told = CHANGED;
      if (this.compose.id) await this.compose.open(this.compose.id).catch(() => {});
    } else if (error.code === "bad_input" && error.facts.fields[0] === "to")
      this.compose.tellAt("to", "Say to whom. Nothing was sent.");
    else this.trouble = error;
  }
}
