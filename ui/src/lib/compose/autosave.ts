// Saves edits as they are typed: the oldest unsaved one waits at most `delay`, one save runs at a time, the latest value wins.
// It never drops an edit: what could not be saved is kept and tried again.

export class Autosave<Patch extends object> {
  #pending: Patch | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running: Promise<void> | null = null;

  constructor(
    private readonly save: (patch: Patch) => Promise<void>,
    private readonly failed: (thrown: unknown) => void = () => {},
    private readonly delay = 80,
    private readonly retry = 1500,
  ) {}

  /** Whether everything pushed is saved. */
  get settled(): boolean {
    return !this.#pending && !this.#running;
  }

  push(patch: Patch): void {
    this.#pending = { ...this.#pending, ...patch };
    this.#arm(this.delay);
  }

  /** Saves what waits, now, and resolves when it is saved or has failed. */
  async flush(): Promise<void> {
    await this.#running;
    this.#disarm();
    if (this.#pending) await this.#start();
  }

  /** Forgets what waits: its draft is gone. */
  forget(): void {
    this.#disarm();
    this.#pending = null;
  }

  #arm(delay: number): void {
    if (this.#timer || this.#running) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#start();
    }, delay);
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #start(): Promise<void> {
    this.#running = this.#drain().finally(() => (this.#running = null));
    return this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#pending) {
      const patch: Patch = this.#pending;
      this.#pending = null;
      try {
        await this.save(patch);
      } catch (thrown) {
        this.#pending = { ...patch, ...(this.#pending as Patch | null) };
        this.failed(thrown);
        this.#timer = setTimeout(() => {
          this.#timer = null;
          void this.#start();
        }, this.retry);
        return;
      }
    }
  }
}
