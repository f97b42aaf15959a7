// What the window does across its features: where one goes, what is on the desk, who is at work, and leaving it locked. App.svelte shows it.
import { tick, untrack } from "svelte";
import { readsGmail } from "$lib/accounts";
import { Compose } from "$lib/compose/compose.svelte";
import { House, type Place } from "$lib/house.svelte";
import {
  engine,
  troubleOf,
  type Account,
  type AccountId,
  type DraftId,
  type IdentityProvider,
  type ImportSource,
  type Grant,
  type Message,
  type OutboxItem,
  type SignInRequest,
} from "$lib/ipc";
import type { List } from "$lib/labels";
import { forgetAll } from "$lib/locking";
import { Outbox } from "$lib/outbox/outbox.svelte";
import { Sending } from "$lib/outbox/sending.svelte";
import type { Step } from "$lib/outbox/wayOut";
import { apart, readClients, type ClientsRead } from "./features/accounts/clients";
import { requestFor, Signing } from "./features/accounts/signing.svelte";
import { Mailbox } from "./features/mail/mailbox.svelte";

/** What the accounts are opened for: an account just added, a file just read, a provider to set up. */
type Arrived = { fresh?: AccountId; read?: ClientsRead; setup?: IdentityProvider };

export class Desk {
  readonly house = new House();
  readonly compose = new Compose();
  readonly outbox = new Outbox();
  readonly sending = new Sending(this.compose, this.outbox);
  readonly signing = new Signing((account, request) => void this.#signedIn(account, request));
  /** The mail as it is looked at. */
  mail = $state.raw(new Mailbox(() => this.atGmail));
  importing = $state(false);
  bring = $state.raw<ImportSource | null>(null);
  arrived = $state.raw<Arrived>({});
  /** Counts the changes of the account at work: with each, every place begins anew. */
  switched = $state(0);
  #worked: AccountId | null = null;
  /** Whether the mail of the account at work is at Gmail too, and can be searched there. */
  atGmail = $derived.by(() => readsGmail(this.house.account, this.house.settings));

  // ------------------------------------------------------------ waking and locking

  async wake(): Promise<void> {
    const state = await this.house.wake();
    if (state?.locked) return;
    await this.outbox.load();
    if (state?.open_draft) await this.openDraft(state.open_draft);
    else await this.#takeUpAgain();
  }
  /** After a crash or a quick restart the letter is on the desk again; an older one, or one that came from elsewhere, waits in the drafts. */
  async #takeUpAgain(): Promise<void> {
    await this.compose.takeUp(() => engine.draftAtHand()).catch(() => {});
  }
  async lock(): Promise<void> {
    await this.compose.stop();
    await this.compose.settle();
    await engine.lock().catch((thrown) => (this.house.trouble = troubleOf(thrown)));
  }
  locked(): Promise<void> {
    return forgetAll(() => this.compose.settle());
  }

  // ------------------------------------------------------------ sending

  /** Takes a message back, and puts its draft on the desk as it was. */
  async undo(item: OutboxItem): Promise<void> {
    const undone = await this.outbox.undo(item.id);
    if (!undone) return this.go("outbox"); // why not is told there
    this.outbox.dismiss(item.id);
    await this.openDraft(item.draft).catch((thrown) => (this.house.trouble = troubleOf(thrown)));
  }
  /** The step after which this account can send. */
  toSend(step: Step): void {
    const { account } = this.house;
    if (step === "none") return;
    if (step === "settings") this.go("settings");
    else if (step === "add_account" || !account) this.go("accounts");
    else this.signInAgain(account, ["send_mail"]);
  }

  // ------------------------------------------------------------ places

  go(place: Place): void {
    this.house.place = place;
    this.importing = false;
    this.arrived = {};
  }
  toImport(): void {
    this.go("mail");
    this.importing = true;
  }
  setUp(provider: IdentityProvider): void {
    this.go("accounts");
    this.arrived = { setup: provider };
  }
  /** Mail is taken in where its progress is seen. */
  bringIn(source: ImportSource): void {
    this.go("mail");
    this.bring = source;
  }
  /** Whether files that are dropped go with the letter on the desk. */
  get takesFiles(): boolean {
    return this.house.place === "write" && (this.compose.id !== null || this.compose.hasLetter);
  }
  /** With a letter on the desk, files go with it. Else a provider's file sets a sign-in up, and everything else is mail. */
  dropped(paths: string[]): void {
    if (this.takesFiles) return void this.compose.attachPaths(paths);
    const { clients, mail } = apart(paths);
    if (clients.length) void this.#takeClients(clients);
    if (mail.length) this.bringIn({ kind: "paths", paths: mail });
  }
  async #takeClients(paths: string[]): Promise<void> {
    this.go("accounts");
    const read = await readClients(paths);
    await this.house.refresh();
    this.arrived = { read };
  }
  async openDraft(draft: DraftId): Promise<void> {
    if (this.compose.id !== draft) await this.compose.open(draft);
    this.go("write");
  }
  async begin(): Promise<void> {
    await this.compose.begin();
    this.go("write");
  }
  async answer(message: Message, all = false): Promise<void> {
    await this.compose.answer(message, all);
    this.go("write");
  }
  async forward(message: Message): Promise<void> {
    await engine
      .forward(message.id)
      .then((draft) => this.openDraft(draft))
      .catch((thrown) => (this.house.trouble = troubleOf(thrown)));
  }
  openThread(id: string): void {
    void this.mail.choose(id);
    this.house.searching = false;
    this.house.place = "mail";
  }
  goList(list: List): Promise<void> {
    this.go("mail");
    return this.mail.go(list);
  }
  /** The list's own search, where there is mail; its field is there once the place is. */
  async searchMail(): Promise<void> {
    this.go("mail");
    await tick();
    document.getElementById("mail-search")?.focus();
  }

  // ------------------------------------------------------------ accounts

  async use(account: Account): Promise<void> {
    await this.compose.stop();
    if (!(await this.compose.begin())) return; // what cannot be saved stays on the screen
    await engine.useAccount(account.id).catch((thrown) => (this.house.trouble = troubleOf(thrown)));
    await this.house.refresh();
  }
  async remove(account: Account): Promise<void> {
    if (account.id === this.house.account?.id) {
      await this.compose.stop();
      this.compose.dropped();
    }
    await engine.removeAccount(account.id);
  }
  /** To be told which account is at work: of the one before nothing stays. */
  worksIn(account: AccountId | undefined): void {
    if (!account) return;
    untrack(() => {
      if (this.#worked && this.#worked !== account) {
        this.compose.dropped();
        this.outbox.forget();
        this.sending.back();
        this.sending.learned.clear();
        void this.outbox.load();
        this.bring = null;
        this.mail.left();
        this.mail = new Mailbox(() => this.atGmail);
        this.switched += 1;
      }
      this.#worked = account;
    });
  }
  signInAgain(account: Account, more: Grant[] = []): void {
    const request = requestFor(account, this.house.signIn?.clients ?? [], more);
    if (request) void this.signing.begin(request);
  }
  async #signedIn(account: Account, request: SignInRequest): Promise<void> {
    await this.house.refresh();
    if (request.account && this.house.place !== "accounts") return; // asked for in the midst of work, which goes on
    this.go("accounts");
    this.arrived = { fresh: account.id };
  }
}
