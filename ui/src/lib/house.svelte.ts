// What the whole window knows: is the store open, the status at the foot, the settings, the accounts, and where the person is.
import {
  engine,
  troubleOf,
  type Account,
  type AppState,
  type Settings,
  type SignInState,
  type Status,
  type SyncState,
  type UiError,
} from "$lib/ipc";

export type Place = "write" | "mail" | "drafts" | "outbox" | "templates" | "learned" | "settings" | "accounts";

/** What is different, given the settings as they are. */
export type SettingsChange = (now: Settings) => Partial<Settings>;

export class House {
  state = $state.raw<AppState | null>(null);
  status = $state.raw<Status | null>(null);
  settings = $state.raw<Settings | null>(null);
  locked = $state.raw<UiError | null>(null);
  trouble = $state.raw<UiError | null>(null);
  /** How the sync of the account at work is. */
  sync = $state.raw<SyncState | null>(null);
  accounts = $state.raw<Account[] | null>(null);
  signIn = $state.raw<SignInState | null>(null);
  accountsTrouble = $state.raw<UiError | null>(null);
  place = $state<Place>("write");
  searching = $state(false);
  shortcuts = $state(false);
  closing = $state(false);

  /** The account at work. */
  account = $derived(this.accounts?.find((one) => one.id === this.status?.account) ?? null);
  /** Whether there is somebody to sign in with, and nobody is yet. */
  couldConnect = $derived(this.signIn?.off === false && !this.accounts?.some((one) => one.provider));

  async wake(): Promise<AppState | null> {
    try {
      this.state = await engine.state();
      this.locked = this.state.locked;
      if (!this.locked) await this.refresh();
    } catch (thrown) {
      this.locked = troubleOf(thrown);
    }
    return this.state;
  }

  async refresh(): Promise<void> {
    try {
      const accounts = this.#people();
      const sync = engine.syncState().catch(() => null);
      [this.status, this.settings] = await Promise.all([engine.status(), engine.settings()]);
      this.sync = await sync;
      this.trouble = null;
      await accounts;
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      if (["locked", "passphrase_needed"].includes(this.trouble.code)) this.locked = this.trouble;
    }
  }

  /** The accounts and whom one can sign in with. What is slow or wrong with them keeps no other place from working. */
  async #people(): Promise<void> {
    try {
      [this.accounts, this.signIn] = await Promise.all([engine.accounts(), engine.signInState()]);
      this.accountsTrouble = null;
    } catch (thrown) {
      this.accountsTrouble = troubleOf(thrown);
    }
  }

  #setting: Promise<unknown> = Promise.resolve();
  /** One change at a time, each on top of what the engine has by then: a quick second one does not undo the first. */
  change(change: SettingsChange): Promise<void> {
    const done = this.#setting.then(async () => {
      const now = await engine.settings();
      this.settings = await engine.setSettings({ ...now, ...change(now) });
      await this.refresh();
    });
    this.#setting = done.catch(() => {});
    return done;
  }
}

const PAINTED = "painted";

/** Paints the page as set: light, dark or as the system; its own fonts or the system's. A locked page stays as it was painted last. */
export function paint(settings: Pick<Settings, "theme" | "system_font"> | null): () => void {
  const dark = window.matchMedia?.("(prefers-color-scheme: dark)");
  if (settings) sessionStorage.setItem(PAINTED, settings.theme);
  const last = settings?.theme ?? sessionStorage.getItem(PAINTED);
  const apply = () => {
    const theme = last === "light" || last === "dark" ? last : "system";
    document.documentElement.dataset.theme = theme === "system" ? (dark?.matches ? "dark" : "light") : theme;
    document.documentElement.dataset.font = settings?.system_font ? "system" : "own";
  };
  apply();
  dark?.addEventListener("change", apply);
  return () => dark?.removeEventListener("change", apply);
}
