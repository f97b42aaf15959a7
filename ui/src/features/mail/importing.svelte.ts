// Taking mail in: what runs, how far it is, how it ended. One import at a time.
import {
  channel,
  engine,
  newJob,
  troubleOf,
  type ImportProgress,
  type ImportReport,
  type ImportSource,
  type UiError,
} from "$lib/ipc";

export class Importing {
  job = $state<string | null>(null);
  progress = $state.raw<ImportProgress | null>(null);
  report = $state.raw<ImportReport | null>(null);
  trouble = $state.raw<UiError | null>(null);
  running = $derived(this.job !== null);

  async take(source: ImportSource): Promise<boolean> {
    if (this.running) return false;
    this.trouble = this.report = this.progress = null;
    const job = newJob("import");
    this.job = job;
    try {
      this.report = await engine.import(
        job,
        source,
        channel((progress) => (this.progress = progress)),
      );
      return this.report.imported > 0;
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      return false;
    } finally {
      this.job = null;
    }
  }

  async choose(folders: boolean): Promise<boolean> {
    try {
      const paths = await engine.chooseFiles(folders);
      return paths.length > 0 && (await this.take({ kind: "paths", paths }));
    } catch (thrown) {
      this.trouble = troubleOf(thrown);
      return false;
    }
  }

  async stop(): Promise<void> {
    if (this.job) await engine.stop(this.job).catch(() => {});
  }
}
