// The mail as it is looked at: which list, which conversation, which message of it; what is done to them, and how it is taken back.
// The engine owns the truth: after each change what is shown is asked for again.
import { tick } from "svelte";
import {
  engine,
  troubleOf,
  type Label,
  type LabelChange,
  type LabelsChanged,
  type Message,
  type Relabelled,
  type Thread,
  type ThreadId,
  type ThreadSummary,
  type UiError,
} from "$lib/ipc";
import type { List } from "$lib/labels";
import { Searching } from "$lib/searching.svelte";

const PAGE = 60;
/** The engine gives no longer page. */
const LONGEST = 500;
/** How long a conversation is looked at before it counts as read. */
const A_LOOK = 1000;

/** Something done, and what takes it back. */
export type Done = { said: string; back: Relabelled[] | null };

const hidden = (message: Message) => message.labels.includes("TRASH") || message.labels.includes("SPAM");

export class Mailbox {
  labels = $state.raw<Label[]>([]);
  list = $state<List>("INBOX");
  /** Only what is unread. */
  unread = $state(false);
  threads = $state.raw<ThreadSummary[]>([]);
  total = $state(0);
  /** Whether the list was answered at all. */
  loaded = $state(false);
  listTrouble = $state.raw<UiError | null>(null);
  chosen = $state<ThreadId | null>(null);
  trouble = $state.raw<UiError | null>(null);
  /** The last thing done, for the line at the foot. */
  done = $state.raw<Done | null>(null);
  /** Which of the shown messages is looked at. */
  at = $state(0);
  /** Counts the moments at which a message is to be gone to. */
  goneTo = $state(0);
  readonly searching: Searching;
  /** Whether the menu of labels is open. */
  labelling = $state(false);

  /** The person's own labels. */
  own = $derived(this.labels.filter((label) => label.kind === "user"));

  /** `atGmail`: whether the mail of this account is at Gmail too, and can be searched there. */
  constructor(atGmail: () => boolean = () => false) {
    this.searching = new Searching(30, atGmail);
  }

  #whole = $state.raw<Thread | null>(null);
  #next: number | null = 0;
  #asked = 0;
  #place = 0;
  #look: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** The conversation being read. What was thrown away is seen only in Trash, unless all of it was. */
  reading = $derived.by(() => {
    const whole = this.#whole;
    if (!whole || this.list === "TRASH" || this.list === "SPAM" || whole.messages.every(hidden)) return whole;
    return { ...whole, messages: whole.messages.filter((message) => !hidden(message)) };
  });
  message = $derived(this.reading?.messages[this.at] ?? this.reading?.messages.at(-1));
  isUnread = $derived(this.reading?.messages.some((message) => message.unread) ?? false);
  starred = $derived(this.reading?.messages.some((message) => message.labels.includes("STARRED")) ?? false);
  has = (label: string) => this.reading?.messages.some((message) => message.labels.includes(label)) ?? false;

  // ------------------------------------------------------------ lists

  /** The list anew, as long as it was, and the labels beside it. */
  async refresh(): Promise<void> {
    await Promise.all([this.more(true), this.#loadLabels()]);
  }
  async more(anew = false): Promise<void> {
    if (!anew && (this.#next === null || !this.loaded)) return;
    const asked = ++this.#asked;
    const from = anew ? 0 : (this.#next ?? 0);
    const limit = anew ? Math.min(LONGEST, Math.max(PAGE, this.threads.length)) : PAGE;
    try {
      const page = await engine.threads({ label: this.list, unread: this.unread }, from, limit);
      if (asked !== this.#asked) return; // another list, or a newer state of it, was asked for since
      this.threads = anew ? page.threads : [...this.threads, ...page.threads];
      [this.total, this.#next, this.loaded, this.listTrouble] = [page.total, page.next, true, null];
      if (!this.chosen && this.threads[0]) this.#show(this.threads[0].id);
    } catch (thrown) {
      if (asked === this.#asked) this.listTrouble = troubleOf(thrown);
    }
  }
  async #loadLabels(): Promise<void> {
    this.labels = await engine.labels().catch(() => this.labels); // the list itself says what is wrong
  }
  /** Another list: its first conversation is shown, and nothing counts as read for that. */
  async go(list: List, unread = false): Promise<void> {
    this.searching.leave();
    if (list === this.list && unread === this.unread) return this.refresh();
    [this.list, this.unread, this.threads, this.loaded, this.#place] = [list, unread, [], false, 0];
    this.chosen = this.#whole = null;
    this.left();
    await this.refresh();
  }

  // ------------------------------------------------------------ one conversation

  /** A person's choice: after a look at it, it is read. */
  async choose(id: ThreadId | null): Promise<void> {
    this.left();
    this.labelling = false;
    if (!id) return void (this.chosen = this.#whole = null);
    await this.#show(id);
    if (this.chosen === id) this.#look = setTimeout(() => this.#looked(id), A_LOOK);
  }
  /** Whoever goes elsewhere within the moment has not read it. */
  left(): void {
    clearTimeout(this.#look);
  }
  async #show(id: ThreadId): Promise<void> {
    this.chosen = id;
    try {
      const whole = await engine.thread(id);
      if (this.chosen !== id) return;
      const another = this.#whole?.id !== whole.id;
      [this.#whole, this.trouble] = [whole, null];
      if (another) this.at = Math.max(0, (this.reading?.messages.length ?? 0) - 1);
    } catch (thrown) {
      if (this.chosen === id) this.trouble = troubleOf(thrown);
    }
  }
  /** The same conversation, asked for again. */
  async again(): Promise<void> {
    if (this.chosen) await this.#show(this.chosen);
  }
  #looked(id: ThreadId): void {
    if (this.chosen !== id || !this.isUnread) return;
    void this.#inTurn(async () => {
      const changed = await engine.changeLabels([id], { add: [], remove: ["UNREAD"] });
      if (!changed.undo.length) return;
      // It stays where it is until another list is asked for: what is being read does not go from under the eyes.
      this.threads = this.threads.map((one) => (one.id === id ? { ...one, unread: false } : one));
      await Promise.all([this.again(), this.#loadLabels()]);
    });
  }

  /** Where the chosen conversation is in the list, or where it was. */
  #index(): number {
    const found = this.threads.findIndex((one) => one.id === this.chosen);
    if (found >= 0) this.#place = found;
    return found;
  }
  /** The next conversation or the one before. */
  async step(by: 1 | -1): Promise<void> {
    const found = this.#index();
    const at = found >= 0 ? found + by : this.#place + (by > 0 ? 0 : -1);
    const next = this.threads[Math.max(0, Math.min(this.threads.length - 1, at))];
    if (at > this.threads.length - 6) void this.more();
    if (!next || next.id === this.chosen) return;
    void this.#focus(next.id);
    await this.choose(next.id);
  }
  /** Its row in the list, once that is there. */
  async #focus(id: ThreadId): Promise<void> {
    await tick();
    const row = document.getElementById(`thread-${id}`);
    row?.scrollIntoView?.({ block: "nearest" });
    if (row) row.focus();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
  /** Into the conversation, at the message being looked at. */
  open(): void {
    if (this.chosen) this.goneTo += 1;
  }
  /** Back to the list. */
  back(): void {
    this.searching.leave();
    if (this.chosen) void this.#focus(this.chosen);
  }
  stepMessage(by: 1 | -1): void {
    const last = (this.reading?.messages.length ?? 0) - 1;
    this.at = Math.max(0, Math.min(last, this.at + by));
    this.goneTo += 1;
  }

  // ------------------------------------------------------------ what is done to it

  archive = () => this.#change({ add: [], remove: ["INBOX"] }, "Archived.");
  delete = () => this.#change({ add: ["TRASH"], remove: ["INBOX", "SPAM"] }, "Moved to Trash.");
  toInbox = () => this.#change({ add: ["INBOX"], remove: ["TRASH", "SPAM"] }, "Moved to the inbox.");
  markRead = () => this.#change({ add: [], remove: ["UNREAD"] }, "Marked as read.");
  markUnread = () => (this.left(), this.#change({ add: ["UNREAD"], remove: [] }, "Marked as unread."));
  label = ({ id, name }: Label, on: boolean) =>
    on
      ? this.#change({ add: [id], remove: [] }, `Labelled “${name}”.`)
      : this.#change({ add: [], remove: [id] }, `“${name}” is off.`);
  star = () =>
    this.#inTurn(() =>
      this.starred
        ? this.#now({ add: [], remove: ["STARRED"] }, "The star is gone.")
        : this.#now({ add: ["STARRED"], remove: [] }, "Starred."),
    );

  /** The last of these, taken back. */
  async undo(): Promise<void> {
    await this.#inTurn(async () => {
      const back = this.done?.back;
      if (!back?.length) return;
      const changed = await engine.relabel(back);
      this.done = { said: "Taken back.", back: null };
      await this.refresh();
      const [thread] = changed.threads;
      if (thread && this.threads.some((one) => one.id === thread)) await this.#show(thread);
      else await this.again();
    });
  }

  #change = (change: LabelChange, said: string) => this.#inTurn(() => this.#now(change, said));
  async #now(change: LabelChange, said: string): Promise<void> {
    const id = this.chosen;
    if (!id) return;
    const here = this.#index() >= 0;
    const changed: LabelsChanged = await engine.changeLabels([id], change);
    if (!changed.undo.length) return;
    this.done = { said, back: changed.undo };
    this.left();
    await this.refresh();
    const moved = [...(change.add ?? []), ...(change.remove ?? [])].some((one) => one === "INBOX" || one === "TRASH");
    const gone = here && moved && !this.threads.some((one) => one.id === id);
    if (!gone) return this.again();
    const next = this.threads[Math.min(this.#place, this.threads.length - 1)];
    await this.choose(next?.id ?? null);
    if (next) await this.#focus(next.id);
  }
  /** One after the other: keys pressed in haste each find what the one before left. */
  #inTurn(work: () => Promise<unknown>): Promise<void> {
    const turn = this.#turn.then(async () => {
      try {
        await work();
      } catch (thrown) {
        this.trouble = troubleOf(thrown);
      }
    });
    this.#turn = turn;
    return turn;
  }
}
