// Having one letter written: the line, what was assumed, and the letter as it comes. Used by the window and by quick compose.
// It never overwrites what the person typed: new text beside typed text becomes a proposal.
import {
  channel,
  engine,
  newJob,
  troubleOf,
  type Check,
  type Claim,
  type ComposeRequest,
  type Draft,
  type DraftId,
  type Length,
  type Message,
  type ModelChoice,
  type Person,
  type Preview,
  type Receipt,
  type Revision,
  type Source,
  type Template,
  type Tone,
  type UiError,
  type Voice,
} from "../ipc";
import { Letter, type Patch, type PeopleField } from "./letter.svelte";
import { decide, decideAll, openChanges, propose, resolve, type Decision, type Proposal } from "./proposal";
import { fold, nothingYet, type Stream } from "./stream";

export class Compose extends Letter {
  // what is asked
  intent = $state("");
  asked = $state("");
  tone = $state<Tone>("as_i_write");
  length = $state<Length | null>(null);
  language = $state<string | null>(null);
  template = $state.raw<Template | null>(null);
  values = $state<Record<string, string>>({});
  model = $state.raw<ModelChoice | null>(null);
  answers = $state.raw<Message | null>(null);
  // the letter
  sources = $state.raw<Source[]>([]);
  claims = $state.raw<Claim[]>([]);
  checks = $state.raw<Check[]>([]);
  receipt = $state.raw<Receipt | null>(null);
  voice = $state.raw<Voice | null>(null);
  proposal = $state.raw<Proposal | null>(null);
  // what goes on
  stream = $state.raw<Stream>(nothingYet);
  preview = $state.raw<Preview | null>(null);
  previewLine: { line: string; toSend: boolean } = { line: "", toSend: true };
  /** A change was asked for, and the letter came back as it was. */
  unchanged = $state(false);

  #written = "";
  /** Counts the letters that were on the desk. */
  #letters = 0;

  hasLetter = $derived(this.body.trim() !== "" || this.proposal !== null);
  changesOpen = $derived(this.proposal ? openChanges(this.proposal) : 0);
  shownSources = $derived(this.busy && this.stream.sources.length ? this.stream.sources : this.sources);
  offline = $derived(this.receipt?.model.provider === "offline");
  unfinished = $derived(this.receipt !== null && this.receipt.finish !== "complete");
  blanksLeft = $derived(
    (this.template?.variables ?? []).filter(
      (blank) => blank.required && !blank.default && !this.values[blank.name]?.trim(),
    ),
  );

  // ------------------------------------------------------------ edits

  setIntent(intent: string): void {
    this.intent = intent;
    if (this.id || intent.trim()) this.autosave.push({ intent });
  }
  override setPeople(field: PeopleField, people: Person[]): void {
    super.setPeople(field, people);
    if (field === "to") void this.learnVoice();
  }
  override setBody(body: string): void {
    super.setBody(body);
    this.unchanged = false;
  }
  protected override whole(): Patch {
    return { ...super.whole(), intent: this.intent, answers: this.answers?.id ?? null };
  }
  async learnVoice(): Promise<void> {
    const first = () => this.to[0]?.address ?? null;
    const to = first();
    const voice = await engine.voice(to).catch(() => null); // the letter does not wait for this
    if (first() === to) this.voice = voice; // an older question may be answered later
  }

  // ------------------------------------------------------------ writing

  #request(line: string): ComposeRequest {
    const blanks = Object.entries(this.values).filter(([, value]) => value.trim());
    return {
      intent: line,
      to: this.to,
      cc: this.cc,
      bcc: this.bcc,
      subject: this.subject.trim() || null,
      tone: this.tone,
      length: this.length,
      language: this.language,
      template: this.template?.id ?? null,
      values: this.template ? Object.fromEntries(blanks) : {},
      answers: this.answers?.id ?? null,
      model: this.model,
      draft: this.id,
      revise: this.body.trim() !== "",
      approved: null,
    };
  }

  /** Writes the letter, or changes the one that is there. */
  async write(line = this.intent, approved: string | null = null): Promise<void> {
    if (this.busy) return;
    if (this.proposal) this.decideEvery("refused");
    this.trouble = null;
    this.preview = null;
    this.stream = nothingYet;
    this.unchanged = false;
    const job = newJob("compose");
    this.job = job;
    await this.autosave.flush();
    const before = this.body;
    const typed = before.trim() !== "" && before !== this.#written;
    try {
      const draft = await engine.compose(
        job,
        { ...this.#request(line), approved },
        channel((event) => {
          if (this.job !== job) return;
          this.stream = fold(this.stream, event);
          if (event.kind === "began") this.id = event.draft;
          if (event.kind === "gathered" && event.voice) this.voice = event.voice;
        }),
      );
      if (this.job === job) {
        await this.#arrived(draft, line, typed ? before : null);
        this.unchanged = before.trim() !== "" && draft.body.trim() === before.trim();
      }
    } catch (thrown) {
      if (this.job === job) await this.#failed(troubleOf(thrown), line, typed ? before : null);
    } finally {
      if (this.job === job) this.job = null;
    }
  }

  async #arrived(draft: Draft, line: string, before: string | null): Promise<void> {
    const meanwhile = this.intent === line ? "" : this.intent;
    this.take(draft);
    this.asked = line;
    this.intent = meanwhile;
    if (before === null || before === draft.body) return;
    this.proposal = propose(await engine.diff(before, draft.body));
    this.body = before;
    this.autosave.push({ body: before });
  }

  async #failed(error: UiError, line: string, before: string | null): Promise<void> {
    if (error.code === "preview_required") return this.look(line, true);
    this.trouble = error;
    const kept = error.facts.draft ?? this.stream.draft;
    if (!kept || (this.id && kept !== this.id)) return;
    try {
      const draft = await engine.draft(kept);
      this.take(draft);
      this.intent = line;
      if (before !== null && before !== draft.body) this.setBody(before);
    } catch {
      // the error shown says what is safe; the draft can be opened from the list
    }
  }

  async stop(): Promise<void> {
    if (this.job) await engine.stop(this.job).catch(() => {});
  }

  /** Shows exactly what would leave the machine. */
  async look(line = this.intent, toSend = true): Promise<void> {
    this.trouble = null;
    this.previewLine = { line, toSend };
    try {
      await this.autosave.flush();
      this.preview = await engine.preview(this.#request(line));
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }
  approve(): Promise<void> {
    const digest = this.preview?.digest ?? null;
    return this.write(this.previewLine.line, digest);
  }
  writeOffline(): Promise<void> {
    this.model = { kind: "offline" };
    return this.write(this.intent || this.asked);
  }

  // ------------------------------------------------------------ changes, accepted or refused where they stand

  decide(index: number, decision: Decision): void {
    if (this.proposal) this.#decided(decide(this.proposal, index, decision));
  }
  decideEvery(decision: Decision): void {
    if (this.proposal) this.#decided(decideAll(this.proposal, decision));
  }
  #decided(proposal: Proposal): void {
    this.setBody(resolve(proposal));
    this.proposal = openChanges(proposal) ? proposal : null;
  }

  /** Brings an earlier text back; the present one is kept as a revision first. */
  async restore(revision: Revision): Promise<void> {
    if (!this.id) return;
    await this.autosave.flush();
    this.revisions = (await engine.keepRevision(this.id)).revisions;
    this.seen = null;
    this.proposal = null;
    this.setSubject(revision.subject || this.subject);
    this.setBody(revision.body);
  }

  // ------------------------------------------------------------ changed elsewhere

  /** The draft may have been changed in Gmail: the screen follows, unless something is being typed or written. */
  async follow(): Promise<void> {
    const { id } = this;
    const atIt = () => this.id !== id || this.busy || this.proposal !== null || !this.settled;
    if (!id || atIt()) return;
    const draft = await engine.draft(id).catch(() => null); // it may be deleted: what is on the screen stays
    if (!draft || atIt()) return;
    if (draft.version !== this.seen) this.take(draft);
    this.gone = draft.gone !== null;
  }
  /** A draft that Gmail has no more goes here too. */
  async letGo(): Promise<void> {
    if (this.id) await engine.deleteDraft(this.id).catch(() => {}); // gone for good already
    this.dropped();
  }
  /** Of two versions, this one stands; the other stays among the revisions. */
  async keep(theirs: boolean): Promise<void> {
    if (!this.id) return;
    try {
      await this.autosave.flush();
      if (theirs) this.proposal = null;
      this.take(await engine.settleElsewhere(this.id, theirs));
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }

  // ------------------------------------------------------------ which letter

  protected override take(draft: Draft): void {
    super.take(draft);
    this.sources = draft.sources;
    this.claims = draft.claims;
    this.checks = draft.checks;
    this.receipt = draft.receipt;
    this.#written = draft.revisions.findLast((revision) => revision.by.kind === "model")?.body ?? "";
  }

  /** Opens a draft as it was left. */
  async open(id: DraftId): Promise<void> {
    const draft = await engine.draft(id);
    if (await this.#left()) await this.#show(draft);
  }

  /** Opens the draft that is found, unless meanwhile something was begun: an empty letter that was asked for counts too. */
  async takeUp(find: () => Promise<DraftId | null>): Promise<void> {
    const letters = this.#letters;
    const id = await find();
    const draft = id && (await engine.draft(id));
    const begun = this.id || this.intent || this.body || this.subject || this.to.length || this.#letters !== letters;
    if (draft && !begun) await this.#show(draft);
  }

  async #show(draft: Draft): Promise<void> {
    this.clear();
    this.take(draft);
    const request = draft.request;
    const last = draft.revisions.findLast((revision) => revision.by.kind === "model")?.instruction ?? "";
    this.asked = last;
    this.intent = request?.intent && request.intent !== last ? request.intent : "";
    this.tone = request?.tone ?? "as_i_write";
    this.length = request?.length ?? null;
    this.language = request?.language ?? null;
    this.values = (request?.values ?? {}) as Record<string, string>;
    this.model = request?.model ?? null;
    void this.learnVoice();
    if (draft.answers) this.answers = await engine.message(draft.answers).catch(() => null);
    if (request?.template) {
      const all = await engine.templates().catch(() => []);
      this.template = all.find((template) => template.id === request.template) ?? null;
    }
  }

  /** Begins an answer to a message, to its author or to all it went to, from the address it came to. */
  async answer(message: Message, all = false): Promise<void> {
    if (!(await this.begin())) return;
    const reply = await engine.replyTo(message.id, all).catch(() => null); // nobody is me yet
    this.answers = message;
    const from = message.reply_to.length ? message.reply_to : message.from ? [message.from] : [];
    this.to = reply?.to ?? (message.mine ? message.to : from);
    this.cc = reply?.cc ?? [];
    this.from = reply?.from.address ?? null;
    this.subject = reply?.subject ?? "";
    const { to, cc, subject } = this;
    this.autosave.push({ to, cc, subject, from: this.from, answers: message.id });
    void this.learnVoice();
  }
  setAnswers(message: Message | null): void {
    this.answers = message;
    if (!message) return;
    this.autosave.push({ answers: message.id });
    if (!this.to.length && message.from && !message.mine) this.setPeople("to", [message.from]);
  }

  /** Begins an empty letter; the one before is in the drafts. */
  async begin(): Promise<boolean> {
    if (!(await this.#left())) return false;
    this.clear();
    return true;
  }
  /** Whether this letter can be left: all of it is saved. What cannot be saved stays on the screen. */
  async #left(): Promise<boolean> {
    await this.autosave.flush();
    return this.autosave.settled;
  }
  /** The draft is deleted: nothing of it is saved again. */
  dropped(): void {
    this.autosave.forget();
    this.clear();
  }

  protected override clear(): void {
    super.clear();
    this.#letters += 1;
    this.intent = this.asked = this.#written = "";
    this.tone = "as_i_write";
    this.length = this.language = this.template = this.model = this.answers = null;
    this.values = {};
    this.sources = this.claims = this.checks = [];
    this.receipt = this.voice = this.proposal = this.preview = null;
    this.stream = nothingYet;
    this.unchanged = false;
  }
}
