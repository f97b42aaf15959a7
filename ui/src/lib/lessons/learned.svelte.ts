// What the letter just let go taught: told once, and taken back if the person says so.
import { engine, type DraftId, type Lesson } from "../ipc";

export class Learned {
  /** What counts from that letter on. */
  lessons = $state.raw<Lesson[]>([]);

  /** To be told of a letter that was queued or saved. That nothing could be learned is no trouble of the person's. */
  async from(draft: DraftId): Promise<void> {
    this.lessons = await engine.learnFrom(draft).catch(() => []);
  }
  async forget(lesson: Lesson): Promise<void> {
    await engine.forgetLesson(lesson.id).catch(() => {}); // forgotten elsewhere already
    this.lessons = this.lessons.filter((one) => one.id !== lesson.id);
  }
  clear(): void {
    this.lessons = [];
  }
}
