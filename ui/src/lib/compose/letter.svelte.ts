// One letter as it is kept: what stands in its fields, every edit saved as it is made, and the files that go with it. It writes nothing.
import {
  engine,
  troubleOf,
  type Draft,
  type DraftElsewhere,
  type DraftEdit,
  type DraftFile,
  type DraftId,
  type EmailAddress,
  type FileId,
  type MissingFile,
  type Person,
  type Revision,
  type UiError,
} from "../ipc";
import { Autosave } from "./autosave";

export type Patch = Partial<Pick<DraftEdit, "to" | "cc" | "bcc" | "subject" | "body" | "intent" | "answers" | "from">>;
export type PeopleField = "to" | "cc" | "bcc";
const noHalves: Record<PeopleField, string> = { to: "", cc: "", bcc: "" };
const nothingChanged: DraftEdit = {
  id: null,
  version: null,
  to: null,
  cc: null,
  bcc: null,
  subject: null,
  body: null,
  intent: null,
  answers: null,
};

export class Letter {
  id = $state<DraftId | null>(null);
  to = $state.raw<Person[]>([]);
  cc = $state.raw<Person[]>([]);
  bcc = $state.raw<Person[]>([]);
  /** The address it leaves from; `null`: the first of the person's. */
  from = $state<EmailAddress | null>(null);
  subject = $state("");
  body = $state("");
  files = $state.raw<DraftFile[]>([]);
  /** Gmail has it no more, and it was not changed here since. */
  gone = $state(false);
  /** Files that Gmail has with it and that are not here. */
  missing = $state.raw<MissingFile[]>([]);
  revisions = $state.raw<Revision[]>([]);
  /** What Gmail has in its place, where both were changed and the person did not choose yet. */
  elsewhere = $state.raw<DraftElsewhere | null>(null);
  /** What was typed into the people's fields and is nobody yet. */
  halves = $state<Record<PeopleField, string>>({ ...noHalves });
  /** What is told at one of these fields; it opens for that. */
  told = $state.raw<{ field: PeopleField; words: string } | null>(null);
  /** The job that writes it. */
  job = $state<string | null>(null);
  trouble = $state.raw<UiError | null>(null);
  saveTrouble = $state.raw<UiError | null>(null);
  savedAt = $state<number | null>(null);
  bothKept = $state(false);

  /** The version as it was last read or saved; `null`: whichever there is. */
  protected seen: number | null = null;
  protected readonly autosave = new Autosave<Patch>(
    (patch) => this.#save(patch),
    (thrown) => (this.saveTrouble = troubleOf(thrown)),
  );

  busy = $derived(this.job !== null);

  // ------------------------------------------------------------ edits, each saved as it is made

  setPeople(field: PeopleField, people: Person[]): void {
    this[field] = people;
    if (this.told?.field === field) this.told = null;
    this.autosave.push({ [field]: people });
  }
  setSubject(subject: string): void {
    this.subject = subject;
    this.autosave.push({ subject });
  }
  setBody(body: string): void {
    this.body = body;
    this.autosave.push({ body });
  }

  setFrom(from: EmailAddress): void {
    this.from = from;
    this.autosave.push({ from });
  }

  tellAt(field: PeopleField, words: string): void {
    this.told = { field, words };
  }
  /** Whether somebody is typed and not chosen yet; told at the field. */
  halfTyped(): boolean {
    const field = (["to", "cc", "bcc"] as const).find((one) => this.halves[one].trim());
    if (!field) return false;
    this.tellAt(field, `“${this.halves[field].trim()}” is nobody yet. Choose somebody or clear it. Nothing was sent.`);
    return true;
  }
  /** Whether a draft is what is on the screen. */
  shows(draft: Draft): boolean {
    const people = (one: Pick<Draft, PeopleField>) => JSON.stringify([one.to, one.cc, one.bcc]);
    return draft.body === this.body && draft.subject === this.subject && people(draft) === people(this);
  }

  async #save(patch: Patch): Promise<void> {
    const version = this.busy || !("body" in patch || "subject" in patch) ? null : this.seen;
    try {
      this.#saved(await engine.saveDraft({ ...nothingChanged, ...patch, id: this.id, version }));
    } catch (thrown) {
      const { code } = troubleOf(thrown);
      if (code === "not_found" && this.id) return this.#madeAnew(patch);
      if (code !== "draft_changed" || !this.id) throw thrown;
      const kept = await engine.keepRevision(this.id); // the other version stays among the revisions
      this.revisions = kept.revisions;
      this.elsewhere = kept.elsewhere;
      this.bothKept = !kept.elsewhere;
      this.#saved(await engine.saveDraft({ ...nothingChanged, ...patch, id: this.id, version: kept.version }));
    }
  }

  /** It was deleted where somebody else was at it: whoever goes on with it has it as it is on the screen. */
  async #madeAnew(patch: Patch): Promise<void> {
    this.#saved(await engine.saveDraft({ ...nothingChanged, ...this.whole(), ...patch }));
    this.files = this.missing = [];
    this.revisions = [];
    this.elsewhere = null;
  }
  /** All of it that an edit can hold. */
  protected whole(): Patch {
    const { to, cc, bcc, from, subject, body } = this;
    return { to, cc, bcc, from, subject, body };
  }
  /** A draft that Gmail has no more stays one here. */
  async revive(): Promise<void> {
    try {
      await this.autosave.flush();
      if (this.gone && this.id) this.#saved(await engine.saveDraft({ ...nothingChanged, id: this.id }));
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }

  #saved(saved: { id: DraftId; version: number; at: number }): void {
    this.id = saved.id;
    this.seen = saved.version;
    this.savedAt = saved.at;
    this.gone = false; // what is saved is a draft
    this.saveTrouble = null;
  }

  // ------------------------------------------------------------ files

  /** Has the person choose files that go with it, or images that stand in its text. */
  attach(inline = false): Promise<void> {
    return this.#withFiles((id) => engine.attach(id, inline));
  }
  attachPaths(paths: string[]): Promise<void> {
    return this.#withFiles((id) => engine.attachPaths(id, paths));
  }
  detach(file: FileId): Promise<void> {
    return this.#withFiles((id) => engine.detach(id, file));
  }
  async #withFiles(change: (id: DraftId) => Promise<Draft>): Promise<void> {
    try {
      this.trouble = null;
      if (!this.id) this.autosave.push({ body: this.body });
      await this.autosave.flush();
      const { id } = this;
      if (!id || !this.autosave.settled) return;
      const before = this.body;
      let draft: Draft | null = null;
      try {
        draft = await change(id);
      } finally {
        draft ??= await engine.draft(id); // some may have been taken before one was refused
        if (this.id === id) this.#filed(draft, before);
      }
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }
  /** An image brings its line into the text. What was typed meanwhile stands, and is saved as ever. */
  #filed(draft: Draft, before: string): void {
    this.files = draft.files;
    this.seen = draft.version;
    this.gone = draft.gone !== null;
    this.savedAt = draft.updated;
    if (this.body === before) this.body = draft.body;
  }

  /** Whether everything typed is in the store. */
  get settled(): boolean {
    return this.autosave.settled;
  }
  get version(): number | null {
    return this.seen;
  }
  /** Everything typed is in the store when this resolves. */
  settle(): Promise<void> {
    return this.autosave.flush();
  }

  // ------------------------------------------------------------ which one

  protected take(draft: Draft): void {
    this.id = draft.id;
    this.seen = draft.version;
    this.to = draft.to;
    this.cc = draft.cc;
    this.bcc = draft.bcc;
    this.from = draft.from;
    this.subject = draft.subject;
    this.body = draft.body;
    this.files = draft.files;
    this.missing = draft.missing;
    this.gone = draft.gone !== null;
    this.revisions = draft.revisions;
    this.elsewhere = draft.elsewhere;
    this.savedAt = draft.updated;
  }
  protected clear(): void {
    this.job = null;
    this.subject = this.body = "";
    this.to = this.cc = this.bcc = [];
    this.from = this.told = null;
    this.halves = { ...noHalves };
    this.id = this.seen = this.savedAt = null;
    this.files = this.missing = [];
    this.revisions = [];
    this.elsewhere = null;
    this.trouble = this.saveTrouble = null;
    this.bothKept = this.gone = false;
  }
}
