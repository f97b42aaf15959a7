// What the whole window knows: is the store open, the status at the foot, the settings, and where the person is.
import { engine, troubleOf, type AppState, type Settings, type Status, type UiError } from "$lib/ipc";

export type Place = "write" | "mail" | "drafts" | "templates" | "settings";

export class House {
  state = $state.raw<AppState | null>(null);
  status = $state.raw<Status | null>(null);
  settings = $state.raw<Settings | null>(null);
  locked = $state.raw<UiError | null>(null);
  trouble = $state.raw<UiError | null>(null);
  place = $state<Place>("write");
  searching = $state(false);
  shortcuts = $state(false);
  closing = $state(false);

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
      [this.status, this.settings] = await Promise.all([engine.status(), engine.settings()]);
      this.trouble = null;
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
    }
  }

  async setSettings(settings: Settings): Promise<void> {
    this.settings = await engine.setSettings(settings);
    await this.refresh();
  }
}

/** Paints the page as set: light, dark or as the system; its own fonts or the system's. */
export function paint(settings: Pick<Settings, "theme" | "system_font"> | null): () => void {
  const dark = window.matchMedia?.("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = settings?.theme ?? "system";
    document.documentElement.dataset.theme = theme === "system" ? (dark?.matches ? "dark" : "light") : theme;
    document.documentElement.dataset.font = settings?.system_font ? "system" : "own";
  };
  apply();
  dark?.addEventListener("change", apply);
  return () => dark?.removeEventListener("change", apply);
}
